import { parseArgs } from 'node:util'
import { standDownBrokers, standingFolder } from './setup/kafka-standing.ts'
import { dataFolder } from './setup/project-folder.ts'
import { runCommand, SetupError } from './setup/setup-error.ts'

const usage = `Usage: npm run kafka:down -- [--json]
  Stops what npm run kafka:up started; all data is kept.`

await runCommand(async () => {
  const { json, help } = readRequest()
  if (help) return console.log(usage)
  const stopped = await standDownBrokers(dataFolder())
  if (json) console.log(JSON.stringify({ stopped }))
  else console.log(stopped.length === 0 ? `No Kafka broker runs from ${standingFolder(dataFolder())}` : `Stopped ${stopped.join(', ')}. All data is kept.`)
})

function readRequest(): { json: boolean; help: boolean } {
  try {
    return parseArgs({ options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } } }).values
  } catch (error) {
    throw new SetupError(`${(error as Error).message}\n${usage}`)
  }
}
