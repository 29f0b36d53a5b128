import { parseArgs } from 'node:util'
import { systemClock } from '../domain/clock.ts'
import { TOPICS } from '../domain/event.ts'
import { projectionStatus, type ProjectionStatus } from '../processes/projector/projection-status.ts'
import { openEventLog } from '../server/platform/event-log/open-event-log.ts'
import { runWithUsage } from './command-line.ts'
import { storeSettings } from './store-settings.ts'

const USAGE = `Usage: npm run log:status -- [--json]
Events, ids and conflicts in the log by topic; position, lag and rows of each projection.
Exit code: 0 all stores answer, 1 one does not.`

await runWithUsage(USAGE, async () => {
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } })
  const { eventLogUrl, region, databaseUrl, redisUrl } = storeSettings()
  const log = await openEventLog({ url: eventLogUrl, clock: systemClock, region, node: 'log-status' })
  try {
    const counted = await Promise.all(TOPICS.map(async (topic) => [topic, await log.statistics(topic)] as const))
    const topics = Object.fromEntries(counted)
    const projections = await projectionStatus(log, databaseUrl, redisUrl)
    if (values.json) {
      console.log(JSON.stringify({ logId: log.logId, topics, projections }))
    } else {
      console.log(`Event log ${log.logId}`)
      console.table(topics)
      for (const [name, status] of Object.entries(projections)) print(name, status)
    }
    return Object.values(projections).some(({ state }) => state === 'unreachable') ? 1 : 0
  } finally {
    await log.close()
  }
})

function print(name: string, { state, partitions, rows }: ProjectionStatus): void {
  console.log(`\nProjection in ${name}: ${state}`)
  if (state === 'unreachable') return
  console.table(partitions)
  console.table(Object.fromEntries(Object.entries(rows).map(([table, count]) => [table, { rows: count }])))
}
