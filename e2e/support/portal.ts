import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { Client } from 'pg'
import { freePort } from '../../bin/setup/free-port.ts'
import { loadDemoUtility } from '../../bin/demo/load-demo-utility.ts'
import { startStack, type Stack, type StackOptions } from '../../bin/supervisor/start-stack.ts'
import { systemClock } from '../../domain/clock.ts'
import type { StaffRole } from '../../domain/staff-permissions.ts'
import type { EventEnvelope, Topic } from '../../domain/event.ts'
import { openEventLog } from '../../server/platform/event-log/open-event-log.ts'
import { breakGlassCopy, breakGlassFile } from '../../server/identity/break-glass/break-glass-copy.ts'
import { type DemoLogin, seedDemoStaff } from '../../server/identity/seed-demo-staff.ts'
import { totpAt } from '../../server/identity/totp.ts'
import { type CuttingProxy, startCuttingProxy } from './cutting-proxy.ts'

/** Customers of every portal, the same in its core system. */
export const DEMO_ACCOUNTS = 200

/** A whole portal with real processes, behind a network that can be cut. */
export interface Portal {
  readonly stack: Stack
  network: CuttingProxy
  /** What a browser opens: the network in front of api. */
  url: string
  /** One login of each role. */
  staff: Record<StaffRole, DemoLogin>
  /** The code that their authenticator shows, made to count once more: tests sign the same person in faster than codes change. */
  staffCode(role: StaffRole): Promise<string>
  /** Whether the sealed copy of staff would let them sign in. */
  breakGlassKnows(role: StaffRole): boolean
  /** Every event of a topic, `outages` when none is named, that carries this text in its data, first records and repeats alike. */
  eventsWith(marker: string, topic?: Topic): Promise<EventEnvelope[]>
  /** Every event about the report with this text, follow-ups too, which do not carry it. */
  eventsOf(marker: string): Promise<EventEnvelope[]>
  /** Every event about these reports, first records and repeats alike. */
  eventsAbout(reportIds: readonly string[]): Promise<EventEnvelope[]>
  /** Types of what Postgres knows of these deliveries, by their id. */
  deliveriesInPostgres(deliveryIds: readonly string[]): Promise<Record<string, string[]>>
  /** Reports in Postgres with this text in their access notes. */
  rowsWith(marker: string): Promise<number>
  /** Reports in Redis with this text. */
  cachedWith(marker: string): Promise<number>
  /** Stops everything and starts it again on the same data and at the same address, with these variables changed. */
  restart(env: NonNullable<StackOptions['env']>): Promise<void>
  stop(): Promise<void>
}

/** @param env such as EVENT_LOG_URL, for all processes */
export async function startPortal({ nodes, env }: Pick<StackOptions, 'nodes' | 'env'> = {}): Promise<Portal> {
  const dataDir = mkdtempSync(join(tmpdir(), 'stormdoor-e2e-'))
  const port = await freePort()
  const network = await startCuttingProxy(port)
  process.env.STORMDOOR_ENV = 'demo'
  const start = (changed: StackOptions['env'] = {}) => startStack({ dataDir, port, nodes, coreAccounts: DEMO_ACCOUNTS, env: { ...env, ...changed, PUBLIC_URL: network.url } })
  let stack = await start().catch(async (error: unknown) => {
    await network.close()
    throw error
  })
  const logins = await seedDemoStaff({ databaseUrl: stack.env.DATABASE_URL!, sessionSecret: stack.env.STORMDOOR_SESSION_SECRET! })
  const staff = Object.fromEntries(logins.map((login) => [login.role, login])) as Portal['staff']
  await loadDemoUtility({ eventLogUrl: stack.env.EVENT_LOG_URL!, count: DEMO_ACCOUNTS })

  return {
    get stack() {
      return stack
    },
    network,
    url: network.url,
    staff,
    breakGlassKnows: (role) => {
      const copy = breakGlassCopy(join(dataDir, breakGlassFile), stack.env.STAFF_BREAK_GLASS_KEY!).read(Date.now())
      return copy?.staff.some(({ email }) => email === staff[role].email) ?? false
    },
    staffCode: async (role) => {
      await forgetCodes(stack)
      return totpAt(staff[role].secret, Date.now())
    },
    eventsWith: (marker, topic) => eventsWhere(stack, ({ data }) => JSON.stringify(data).includes(marker), topic),
    eventsOf: async (marker) => {
      const ids = new Set((await eventsWhere(stack, ({ data }) => JSON.stringify(data).includes(marker))).map(({ id }) => id))
      return eventsWhere(stack, ({ id, data }) => ids.has(id) || ids.has((data as { reportId?: string }).reportId ?? ''))
    },
    eventsAbout: (reportIds) => eventsWhere(stack, ({ id, data }) => reportIds.includes(id) || reportIds.includes((data as { reportId?: string }).reportId ?? '')),
    deliveriesInPostgres: (deliveryIds) => deliveriesInPostgres(stack, deliveryIds),
    rowsWith: (marker) => rowsWith(stack, marker),
    cachedWith: (marker) => cachedWith(stack, marker),
    restart: async (changed) => {
      await stack.stop()
      stack = await start(changed)
    },
    stop: async () => {
      await network.close()
      await stack.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** A store that is dead has nothing to forget. */
async function forgetCodes(stack: Stack): Promise<void> {
  const client = new Client({ connectionString: stack.env.DATABASE_URL })
  client.on('error', () => undefined)
  await client.connect().then(() => client.query('UPDATE identity.staff_two_factor SET last_step = 0')).catch(() => undefined)
  await client.end().catch(() => undefined)
  const redis = new Redis(stack.env.REDIS_URL!, { retryStrategy: () => null, maxRetriesPerRequest: 0 })
  redis.on('error', () => undefined)
  const keys = await redis.keys('sign-in:code-used:*').catch(() => [])
  if (keys.length > 0) await redis.del(keys)
  redis.disconnect()
}

async function eventsWhere(stack: Stack, wanted: (envelope: EventEnvelope) => boolean, topic: Topic = 'outages'): Promise<EventEnvelope[]> {
  const log = await openEventLog({ url: stack.env.EVENT_LOG_URL!, clock: systemClock, region: 'local', node: 'e2e' })
  try {
    const found: EventEnvelope[] = []
    for (const partition of await log.partitions(topic)) {
      for await (const batch of log.read(partition, null, { signal: new AbortController().signal, follow: false })) {
        found.push(...batch.map(({ envelope }) => envelope).filter(wanted))
      }
    }
    return found
  } finally {
    await log.close()
  }
}

async function rowsWith(stack: Stack, marker: string): Promise<number> {
  const client = new Client({ connectionString: stack.env.DATABASE_URL })
  await client.connect()
  try {
    const { rows } = await client.query<{ count: number }>(
      "SELECT count(*)::int AS count FROM portal.outage_report WHERE personal::text LIKE '%' || $1 || '%'",
      [marker],
    )
    return rows[0]!.count
  } finally {
    await client.end()
  }
}

async function deliveriesInPostgres(stack: Stack, deliveryIds: readonly string[]): Promise<Record<string, string[]>> {
  const client = new Client({ connectionString: stack.env.DATABASE_URL })
  await client.connect()
  try {
    const { rows } = await client.query<{ id: string; types: string[] }>(
      'SELECT delivery_id AS id, array_agg(type ORDER BY type) AS types FROM portal.report_delivery WHERE delivery_id = ANY($1::uuid[]) GROUP BY delivery_id',
      [deliveryIds],
    )
    return Object.fromEntries(rows.map(({ id, types }) => [id, types]))
  } finally {
    await client.end()
  }
}

async function cachedWith(stack: Stack, marker: string): Promise<number> {
  const redis = new Redis(stack.env.REDIS_URL!)
  try {
    const ids = await redis.zrange('reports:all', '0', '-1')
    const values = ids.length > 0 ? await redis.mget(ids.map((id) => `report:${id}`)) : []
    return values.filter((value) => value?.includes(marker)).length
  } finally {
    redis.disconnect()
  }
}
