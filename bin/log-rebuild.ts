import { parseArgs } from 'node:util'
import { systemClock } from '../domain/clock.ts'
import { rebuildDatabase, RebuildUnderWayError, type RebuildResult } from '../processes/projector/postgres/rebuild-database.ts'
import { CorruptRecordError } from '../server/platform/event-log/verify-record.ts'
import { openEventLog } from '../server/platform/event-log/open-event-log.ts'
import { runWithUsage, stopSignal } from './command-line.ts'
import { SetupError } from './setup/setup-error.ts'
import { storeSettings } from './store-settings.ts'

const PROGRESS_EVERY_MS = 1_000

const USAGE = `Usage: npm run log:rebuild -- [--accept] [--json]
The database anew from the log alone, compared table by table with the live one, then swapped. The portal may run meanwhile.
  --accept  also swap when tables differ
  --json    how it ended as JSON on standard output
Exit code: 0 swapped, 1 not: the live database stays.`

await runWithUsage(USAGE, async () => {
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false }, accept: { type: 'boolean', default: false } } })
  const { eventLogUrl, region, databaseUrl } = storeSettings()
  const log = await openEventLog({ url: eventLogUrl, clock: systemClock, region, node: 'log-rebuild' })
  const startedMs = systemClock.monotonicMs()
  let toldMs = startedMs
  try {
    const result = await rebuildDatabase({
      databaseUrl,
      log,
      clock: systemClock,
      accept: values.accept,
      signal: stopSignal(),
      onProgress: (applied, waiting) => {
        const nowMs = systemClock.monotonicMs()
        if (nowMs - toldMs < PROGRESS_EVERY_MS) return
        toldMs = nowMs
        console.error(`  ${applied} events folded, ${waiting} to go in this topic (${Math.round((applied * 1_000) / (nowMs - startedMs))}/s)`)
      },
    })
    const seconds = (systemClock.monotonicMs() - startedMs) / 1_000
    if (values.json) console.log(JSON.stringify({ ...result, seconds }))
    else print(result, seconds)
    return result.swapped ? 0 : 1
  } catch (error) {
    if (error instanceof RebuildUnderWayError || error instanceof CorruptRecordError) throw new SetupError(`${error.message}. The live database stays.`)
    throw error
  } finally {
    await log.close()
  }
})

function print({ swapped, applied, passedOver, tables }: RebuildResult, seconds: number): void {
  console.table(
    Object.fromEntries(tables.map(({ table, live, rebuilt, equal }) => [table, { live: live?.rows, rebuilt: rebuilt.rows, digest: rebuilt.digest, equal }])),
  )
  const different = tables.filter(({ equal }) => !equal).map(({ table }) => table)
  console.log(`${applied} events folded in ${seconds.toFixed(1)} s${passedOver > 0 ? `, ${passedOver} passed over` : ''}.`)
  if (different.length > 0) console.log(`These tables differ from the log: ${different.join(', ')}.`)
  if (swapped) console.log('The rebuilt database is in use.')
  else console.log('The live database stays. To replace it all the same: npm run log:rebuild -- --accept')
}
