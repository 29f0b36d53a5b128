import { createHash } from 'node:crypto'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { freshDatabase } from '../../bin/test-support/fresh-database.ts'
import { freshRedis } from '../../bin/test-support/fresh-redis.ts'
import type { AccessEnded, AccessGranted, AccessRole, ErasureRequested, ProfileChanged } from '../../domain/access.ts'
import { systemClock } from '../../domain/clock.ts'
import type { EventEnvelope, EventType } from '../../domain/event.ts'
import { formatHlc } from '../../domain/hybrid-clock.ts'
import { formatUuid } from '../../domain/uuid.ts'
import { accessOf, peopleOf } from '../../server/access/list-access.ts'
import type { LogRecord } from '../../server/platform/event-log/event-log.ts'
import { projectionKeys } from '../../server/platform/projection-state.ts'
import { createReadSources } from '../../server/platform/read-sources.ts'
import { uuidV5 } from '../../server/platform/uuid-v5.ts'
import { getProfile } from '../../server/profile/get-profile.ts'
import { getErasure } from '../../server/profile/list-erasures.ts'
import { foldBatch } from './fold-batch.ts'
import { createPostgresProjection } from './postgres/postgres-projection.ts'
import type { Projection } from './projection.ts'
import { createRedisProjection } from './redis/redis-projection.ts'
import { sampleRecords, seededFraction, shuffled } from './sample-events.ts'
import { postgresContents, redisContents } from './store-contents.ts'

const PARTITION = 'identity/0'
const NOWHERE = 'postgresql://nobody:none@127.0.0.1:1/none'
const START_MS = Date.UTC(2026, 0, 31, 4)
const LOGINS = 12

const idOf = (name: string) => formatUuid(createHash('sha256').update(name).digest(), 7)
const login = (number: number) => idOf(`login ${number}`)
const at = (order: number) => new Date(START_MS + order * 1_000).toISOString()

function event(order: number, type: EventType, id: string, data: AccessGranted | AccessEnded | ProfileChanged | ErasureRequested): EventEnvelope {
  const bodyhash = createHash('sha256').update(JSON.stringify(data)).digest('base64url')
  return {
    specversion: '1.0', id, type, source: 'urn:stormdoor:test:sample', subject: id, time: at(order), datacontenttype: 'application/json',
    partitionkey: data.loginId, hlc: formatHlc(START_MS + order * 1_000, 0), region: 'test', node: 'sample.1', seq: order + 1, bodyhash, hash: bodyhash, data,
  }
}
const granted = (order: number, number: number, accountNumber: string, role: AccessRole) => {
  const grantId = idOf(`grant ${order}`)
  return event(order, 'access.granted.v1', grantId, { grantId, loginId: login(number), accountNumber, role, from: at(order), how: 'added', by: login(number) })
}
const ended = (order: number, number: number, accountNumber: string) => {
  const endingId = idOf(`ending ${order}`)
  return event(order, 'access.ended.v1', endingId, { endingId, loginId: login(number), accountNumber, at: at(order), reason: 'left', by: login(number) })
}
const changeId = (number: number, steps: number): string | null => (steps === 0 ? null : uuidV5('profile-changed', login(number), changeId(number, steps - 1) ?? ''))
const changed = (order: number, number: number, step: number, name: string) =>
  event(order, 'profile.changed.v1', changeId(number, step + 1)!, {
    changeId: idOf(`change ${order}`), loginId: login(number), basedOn: changeId(number, step), language: 'es', channels: ['sms'], quietHours: { from: '22:00', until: '06:30' }, personal: { name },
  })
const erased = (order: number, number: number) => {
  const requestId = idOf(`erasure ${order}`)
  return event(order, 'erasure.requested.v1', requestId, { requestId, loginId: login(number), at: at(order) })
}

/** Granted, ended and granted again under several spellings; two changes of the same version; asked twice to be forgotten, and changed after. */
function history(): EventEnvelope[] {
  let order = 0
  const events: EventEnvelope[] = []
  for (let number = 0; number < LOGINS; number++) {
    events.push(granted(order++, number, '4100-01', 'may-report'), granted(order++, number, `4100-1${number}`, 'owner'), granted(order++, number, '410 001', 'may-pay'))
    if (number % 2 === 0) events.push(ended(order++, number, '4100-01'))
    if (number % 4 === 0) events.push(granted(order++, number, '4100-01', 'owner'))
    if (number % 3 === 0) events.push(ended(order++, number, `41001${number}`))
    for (let step = 0; step < number % 5; step++) events.push(changed(order++, number, step, `Name ${step}`))
    if (number % 5 > 1) events.push({ ...changed(order++, number, 1, 'Came second') })
    if (number % 6 === 1) events.push(erased(order++, number), erased(order++, number), changed(order++, number, number % 5, 'After all'))
  }
  return events
}

async function applyInBatches(projection: Projection, records: readonly LogRecord[], seed: number): Promise<void> {
  const fraction = seededFraction(seed)
  let expected = await projection.load(PARTITION)
  for (let from = 0; from < records.length; ) {
    const next = Math.min(records.length, from + 1 + Math.floor(fraction() * 9))
    await projection.apply({ partition: PARTITION, expected, next: String(next), newestAt: at(500) }, foldBatch(records.slice(Math.max(0, from - 3), next)))
    expected = String(next)
    from = next
  }
  await projection.caughtUp(PARTITION)
  await projection.confirm(PARTITION, expected)
  await projection.close()
}

async function foldedInto(records: readonly LogRecord[], seed: number) {
  const [databaseUrl, redisUrl] = [await freshDatabase(), await freshRedis()]
  await applyInBatches(createPostgresProjection({ databaseUrl, logId: 'log', clock: systemClock }), records, seed)
  await applyInBatches(createRedisProjection({ redisUrl, logId: 'log', clock: systemClock }), records, seed)
  return { databaseUrl, redisUrl, contents: { postgres: await postgresContents(databaseUrl), redis: await redisContents(redisUrl) } }
}

/** What both reads tell of every person. */
async function told(stores: { databaseUrl: string; redisUrl: string }) {
  const sources = createReadSources(stores)
  onTestFinished(() => sources.close())
  const answers = []
  for (let number = 0; number < LOGINS; number++) {
    const read = () => Promise.all([accessOf(sources, login(number)), getProfile(sources, login(number)), getErasure(sources, login(number))])
    const [access, profile, erasure] = await vi.waitFor(read, { timeout: 20_000, interval: 20 })
    answers.push({ access: access.value, profile: profile.value, erasure: erasure.value, people: (await peopleOf(sources, '410001')).value.map((person) => person.loginId) })
  }
  return answers
}

describe('what the log says of people @projector', () => {
  // The log flags the first record of an id, whatever order its clocks tell: that is settled before anything is folded.
  const records = sampleRecords(history())

  it('comes to the same in any order, and each store tells it alike', async () => {
    const inOrder = await foldedInto(records, 1)
    for (const seed of [2, 3]) expect((await foldedInto(shuffled(records, seededFraction(seed)), seed)).contents).toEqual(inOrder.contents)
    const deadRedis = 'redis://127.0.0.1:9'
    const [fromRedis, fromPostgres] = [await told({ databaseUrl: NOWHERE, redisUrl: inOrder.redisUrl }), await told({ databaseUrl: inOrder.databaseUrl, redisUrl: deadRedis })]
    expect(fromPostgres).toEqual(fromRedis)

    const roles = (number: number) => fromRedis[number]!.access.map(({ accountNumber, role }) => `${accountNumber} ${role}`)
    expect([roles(0), roles(1), roles(2), roles(3), roles(4)]).toEqual([
      ['4100-01 owner'], ['410 001 may-pay', '4100-11 owner'], ['4100-12 owner'], ['410 001 may-pay'], ['4100-01 owner', '4100-14 owner'],
    ])
    expect(fromRedis[0]!.people.toSorted()).toEqual(Array.from({ length: LOGINS }, (_, number) => number).filter((number) => number % 2 === 1 || number % 4 === 0).map(login).toSorted())
    expect(fromRedis.map(({ profile }) => profile.name)).toEqual([undefined, undefined, 'Name 1', 'Name 2', 'Name 3', undefined, 'Name 0', undefined, 'Name 2', 'Name 3', undefined, 'Name 0'])
    expect(fromRedis.map(({ erasure }) => erasure?.requestId).filter(Boolean)).toHaveLength(2)
    expect(JSON.stringify(inOrder.contents.redis), 'nothing is kept of who asked to be forgotten').not.toContain('After all')
  }, 60_000)

  it('is not told by a Redis that is being folded anew: what is missing may take something back', async () => {
    const { redisUrl } = await foldedInto(records, 1)
    const sources = createReadSources({ databaseUrl: NOWHERE, redisUrl })
    onTestFinished(() => sources.close())
    await vi.waitFor(() => accessOf(sources, login(0)), { timeout: 20_000, interval: 20 })
    await sources.redis.client.sadd(projectionKeys.rebuilding, PARTITION)
    await expect(accessOf(sources, login(0))).rejects.toThrow('Neither')
  })
})
