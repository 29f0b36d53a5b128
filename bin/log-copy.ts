import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { systemClock } from '../domain/clock.ts'
import type { Topic } from '../domain/event.ts'
import { movePostgresProjection } from '../processes/projector/postgres/move-postgres-projection.ts'
import { endsOfProjected } from '../processes/projector/projection-move.ts'
import { moveRedisProjection } from '../processes/projector/redis/move-redis-projection.ts'
import { DELIVERY_CONSUMER } from '../processes/reactors/delivery/partition-delivery.ts'
import { MATCHING_CONSUMER, UNMATCHED_CONSUMER } from '../processes/reactors/partition-matching.ts'
import { readEnvironment } from '../server/platform/environment.ts'
import { IndeterminateError, LogUnavailableError } from '../server/platform/errors.ts'
import { copyCursor } from '../server/platform/event-log/copy-cursor.ts'
import { copyLog, CopyRefusedError } from '../server/platform/event-log/copy-log.ts'
import type { EventLog } from '../server/platform/event-log/event-log.ts'
import { openEventLog } from '../server/platform/event-log/open-event-log.ts'
import { CorruptRecordError } from '../server/platform/event-log/verify-record.ts'
import { stopSignal, UsageError } from './command-line.ts'
import { adviceOn, asJson, isDone, print, progressLine, type CopyEnds, type Outcome } from './log-copy-report.ts'
import { tryLockFolder } from './setup/folder-lock.ts'
import { SetupError } from './setup/setup-error.ts'
import type { Stores } from './with-stores.ts'

const USAGE = `Usage: npm run log:copy -- --from URL --to URL [--projections] [--json]
  --from, --to   sqlite:/absolute/path/event-log.sqlite or kafka://host:port,host:port/prefix
  --projections  Postgres and Redis go on from the copy: what they have folded is not folded again
  --json         the outcome as JSON on standard output
Stop the portal first: nothing may be written to either log meanwhile. Killed or stopped, it goes on when it is run again.
Exit code: 0 both logs hold the same (and the projections follow the copy), 1 they do not, 2 the copy could not be made.`

const CURSORS: readonly { consumer: string; topic: Topic }[] = [
  { consumer: MATCHING_CONSUMER, topic: 'outages' },
  { consumer: UNMATCHED_CONSUMER, topic: 'outages' },
  { consumer: DELIVERY_CONSUMER, topic: 'outages' },
]

interface Request extends CopyEnds {
  projections: boolean
  json: boolean
}

function readRequest(): Request | null {
  const { values } = parseArgs({
    options: {
      from: { type: 'string' },
      to: { type: 'string' },
      projections: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const { from, to, projections, json, help } = values
  if (help) return null
  if (!from || !to) throw new UsageError('From which log, and to which?')
  if (from.startsWith('sqlite:') && !existsSync(from.slice('sqlite:'.length))) throw new UsageError(`There is no log at ${from}`)
  return { from, to, projections, json }
}

async function run(request: Request): Promise<number> {
  const { STORMDOOR_DATA: dataDir, STORMDOOR_REGION: region } = readEnvironment(['STORMDOOR_DATA', 'STORMDOOR_REGION'])
  const progressFolder = join(dataDir, 'log-copy')
  const release = tryLockFolder(progressFolder)
  if (!release) throw new SetupError('Another copy is under way')
  try {
    if (!request.projections) return await copy(request, region, progressFolder, null)
    // The supervisor and all that it builds are loaded for those alone who need it.
    const { withStores } = await import('./with-stores.ts')
    // Around the copy as well: while the stores are ours, no portal starts from this data folder.
    return await withStores(dataDir, (stores) => copy(request, region, progressFolder, stores))
  } finally {
    release()
  }
}

async function copy(request: Request, region: string, progressFolder: string, stores: Stores | null): Promise<number> {
  const signal = stopSignal()
  const opened: EventLog[] = []
  const open = async (url: string): Promise<EventLog> => {
    const log = await openEventLog({ url, clock: systemClock, region, node: 'log-copy' })
    opened.push(log)
    return log
  }
  try {
    const [from, to] = [await open(request.from), await open(request.to)]
    const copied = await copyLog({ from, to, progressFolder, signal, onProgress: progressLine() })
    // Cursors and projections follow a copy that is proved, and no other.
    const cursors = copied.verified ? await moveCursors(from, to, signal) : {}
    const projections = copied.verified && stores ? await moveProjections(from, to, stores) : null
    const outcome: Outcome = { ...copied, cursors, projections }
    if (request.json) console.log(JSON.stringify(asJson(request, outcome)))
    else print(outcome)
    for (const line of adviceOn(outcome, request)) console.error(line)
    return isDone(outcome) ? 0 : 1
  } finally {
    await Promise.all(opened.map((log) => log.close()))
  }
}

async function moveCursors(from: EventLog, to: EventLog, signal: AbortSignal): Promise<Outcome['cursors']> {
  const cursors: Outcome['cursors'] = {}
  for (const { consumer, topic } of CURSORS) cursors[consumer] = await copyCursor(from, to, consumer, topic, signal)
  return cursors
}

async function moveProjections(from: EventLog, to: EventLog, { databaseUrl, redisUrl }: Stores): Promise<Outcome['projections']> {
  const [source, target] = [await endsOfProjected(from), await endsOfProjected(to)]
  const orTold = (name: string) => (error: unknown) => {
    console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`)
    return 'unreachable' as const
  }
  return {
    postgres: await movePostgresProjection(databaseUrl, source, target).catch(orTold('Postgres')),
    redis: await moveRedisProjection(redisUrl, source, target).catch(orTold('Redis')),
  }
}

function explain(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException
  if (error instanceof UsageError || error instanceof TypeError || code?.startsWith('ERR_PARSE_ARGS')) return `${message}\n${USAGE}`
  if (error instanceof CopyRefusedError) return `${message}.`
  if (error instanceof CorruptRecordError) return `${message}. What stands before it is copied; a log with such a record cannot be.`
  if (message === 'SIGINT' || message === 'SIGTERM') return 'Stopped. What was copied stays; run it again to go on.'
  if (error instanceof LogUnavailableError || error instanceof IndeterminateError) return `${message}\nWhat was copied stays; run it again to go on.`
  return message
}

try {
  const request = readRequest()
  if (request) process.exitCode = await run(request)
  else console.log(USAGE)
} catch (error) {
  console.error(explain(error))
  process.exitCode = 2
}
