/** The load's own process: takes messages from its parent, `prepare` first, then `run`, and answers each with its result. */
import { Load, type LoadJob } from './run-load.ts'

type Message = { prepare: LoadJob } | { run: { startAtEpochMs: number } }

let load: Load | null = null

async function carryOut(message: Message): Promise<unknown> {
  if ('prepare' in message) {
    load = new Load(message.prepare)
    await load.prepare()
    return null
  }
  if (!load) throw new Error('Nothing is prepared')
  return load.run(message.run.startAtEpochMs)
}

process.on('message', (message: Message) => {
  void carryOut(message).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  )
})
process.on('disconnect', () => process.exit(0))
process.send?.({ port: 0 })
