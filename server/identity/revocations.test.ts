import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { temporaryFolder } from '../../bin/test-support/temporary-folder.ts'
import type { SessionsRevoked } from '../../domain/access.ts'
import { systemClock, systemRandom } from '../../domain/clock.ts'
import { uuidV7 } from '../../domain/uuid.ts'
import { LogUnavailableError } from '../platform/errors.ts'
import type { EventLog } from '../platform/event-log/event-log.ts'
import { openEventLog } from '../platform/event-log/open-event-log.ts'
import { sha256 } from '../platform/hash.ts'
import { followRevocations } from './revocations.ts'

const newId = () => uuidV7(systemClock, systemRandom)
const logger = { warn: () => undefined }
const PATIENTLY = { timeout: 10_000, interval: 10 }
const [person, other] = [newId(), newId()]
const HOUR_MS = 3_600_000

async function ownLog(): Promise<EventLog> {
  const log = await openEventLog({ url: `sqlite:${join(temporaryFolder(), 'log.sqlite')}`, clock: systemClock, region: 'test', node: 'test' })
  onTestFinished(() => log.close())
  return log
}

function follow(log: () => Promise<EventLog>, clock = systemClock) {
  const revocations = followRevocations({ log, clock, random: systemRandom, logger })
  onTestFinished(() => revocations.close())
  return revocations
}

const revoked = (changes: Partial<SessionsRevoked> = {}): SessionsRevoked => ({ revocationId: newId(), of: 'customer', personId: person, sessionId: null, before: new Date().toISOString(), why: 'everywhere', ...changes })
const append = (log: EventLog, data: SessionsRevoked) => log.append([{ id: data.revocationId, type: 'sessions.revoked.v1', key: data.personId, bodyHash: sha256(JSON.stringify(data)), data }])

describe('sessions that have ended @identity @log', () => {
  it('are those of a person from before, or one by its id; of customers and staff apart', async () => {
    const log = await ownLog()
    const atMs = Date.now()
    await append(log, revoked({ before: new Date(atMs).toISOString() }))
    await append(log, revoked({ personId: other, sessionId: 'one' }))
    const revocations = follow(() => Promise.resolve(log))
    expect(await revocations.ready(10_000)).toBe(true)
    const ended = (of: 'customer' | 'staff', personId: string, sessionId: string, issuedAtMs: number) => revocations.isRevoked(of, personId, sessionId, issuedAtMs)
    expect([ended('customer', person, 'any', atMs - 1), ended('customer', person, 'any', atMs), ended('staff', person, 'any', atMs - 1)]).toEqual([true, false, false])
    expect([ended('customer', other, 'one', atMs + HOUR_MS), ended('customer', other, 'two', 0)]).toEqual([true, false])
  })

  it('are read past one that cannot be read', async () => {
    const log = await ownLog()
    const unreadable = revoked({ personId: other })
    await append(log, revoked())
    for (const data of [null, { ...unreadable, before: 'yesterday', personId: person }]) {
      await log.append([{ id: newId(), type: 'sessions.revoked.v1', key: person, bodyHash: sha256('unreadable'), data: data as unknown as SessionsRevoked }])
    }
    await append(log, unreadable)
    const revocations = follow(() => Promise.resolve(log))
    expect(revocations.isReady()).toBe(false)
    expect(await revocations.ready(10_000)).toBe(true)
    expect(revocations.isReady()).toBe(true)
    for (const one of [person, other]) expect(revocations.isRevoked('customer', one, 'any', 0)).toBe(true)
  })

  it('of all of a person say nothing of a session whose id is empty', async () => {
    const revocations = follow(ownLog)
    const atMs = Date.now()
    revocations.take(revoked({ before: new Date(atMs).toISOString() }))
    expect([revocations.isRevoked('customer', person, '', atMs + 1), revocations.isRevoked('customer', person, '', atMs - 1)]).toEqual([false, true])
  })

  it('are known soon after the log has them, of the latest when an older word comes later', async () => {
    const log = await ownLog()
    const revocations = follow(() => Promise.resolve(log))
    expect(await revocations.ready(10_000)).toBe(true)
    const atMs = Date.now()
    await append(log, revoked({ before: new Date(atMs).toISOString() }))
    await append(log, revoked({ before: new Date(atMs - HOUR_MS).toISOString() }))
    await append(log, revoked({ personId: other }))
    await vi.waitFor(() => expect(revocations.isRevoked('customer', other, 'any', 0)).toBe(true), PATIENTLY)
    expect(revocations.isRevoked('customer', person, 'any', atMs - 1)).toBe(true)
  })

  it('stay known while the log is away, and are not known to be whole before it was read', async () => {
    const log = await ownLog()
    await append(log, revoked())
    let away = true
    const revocations = follow(() => (away ? Promise.reject(new LogUnavailableError('away')) : Promise.resolve(log)))
    expect(await revocations.ready(50)).toBe(false)
    away = false
    await vi.waitFor(async () => expect(await revocations.ready(100)).toBe(true), PATIENTLY)
    expect(revocations.isRevoked('customer', person, 'any', 0)).toBe(true)
  })

  it('are forgotten when no session from before them can be left', async () => {
    const log = await ownLog()
    const clock = { ...systemClock, nowMs: () => Date.now() + aheadMs }
    let aheadMs = 0
    const revocations = follow(() => Promise.resolve(log), clock)
    revocations.take(revoked())
    expect(revocations.isRevoked('customer', person, 'any', 0)).toBe(true)
    aheadMs = 26 * HOUR_MS
    revocations.take(revoked({ personId: other, before: new Date(clock.nowMs()).toISOString() }))
    expect(revocations.isRevoked('customer', person, 'any', 0)).toBe(false)
    revocations.take(revoked({ before: new Date(Date.now()).toISOString() }))
    expect(revocations.isRevoked('customer', person, 'any', 0)).toBe(false)
  })
})
