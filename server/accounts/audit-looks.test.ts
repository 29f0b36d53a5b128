import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { temporaryFolder } from '../../bin/test-support/temporary-folder.ts'
import { type Clock, systemClock, systemRandom } from '../../domain/clock.ts'
import type { AccountsLookedUp, NewEvent } from '../../domain/event.ts'
import { AuditUnavailableError, IndeterminateError, LogUnavailableError } from '../platform/errors.ts'
import type { Appended, EventLog } from '../platform/event-log/event-log.ts'
import { openEventLog } from '../platform/event-log/open-event-log.ts'
import { auditLooks, type Look } from './audit-looks.ts'

const within = { timeout: 20_000, interval: 20 }
const lookAt = (number: number): Look => ({ at: '2026-01-31T04:00:00.000Z', actor: 'somebody', how: 'look-up', by: 'phone', accountNumbers: [String(number)] })

async function ownLog(): Promise<EventLog> {
  const log = await openEventLog({ url: `sqlite:${join(temporaryFolder(), 'log.sqlite')}`, clock: systemClock, region: 'test', node: 'test' })
  onTestFinished(() => log.close())
  return log
}

/** Of each event that counts, the numbers looked at. */
async function kept(log: EventLog): Promise<number[][]> {
  const events: number[][] = []
  for await (const batch of log.read('identity/0', null, { signal: new AbortController().signal, follow: false })) {
    for (const { envelope, first } of batch) if (first) events.push((envelope.data as AccountsLookedUp).looks.map(({ accountNumbers }) => Number(accountNumbers[0])))
  }
  return events
}

/** A log that does as it is told: what happens to each append, and what was asked. */
function troubled(log: EventLog) {
  const asked: { ids: string[]; bodies: string[] }[] = []
  const behave: { how: (events: readonly NewEvent[]) => Promise<Appended[]> } = { how: (events) => log.append(events) }
  const append = ((events: readonly NewEvent[]) => {
    asked.push({ ids: events.map(({ id }) => id), bodies: events.map(({ data }) => JSON.stringify(data)) })
    return behave.how(events)
  }) as EventLog['append']
  return { append, asked, behave }
}

/** In a hurry between two tries; not at the end, which is a longer wait. */
const hurried: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms > 2_000 ? ms : Math.min(ms, 5), signal) }
const audited = (append: EventLog['append'], clock: Clock = hurried) => auditLooks({ log: { append }, clock, random: systemRandom, logger: { error: () => undefined } })

describe('the audit of looks @reads @log', () => {
  it('gathers what comes in a moment into one event, and many into events of five hundred', async () => {
    const log = await ownLog()
    const audit = audited((events) => log.append(events))
    for (let look = 0; look < 3; look++) audit.take(lookAt(look))
    await vi.waitFor(async () => expect(await kept(log)).toEqual([[0, 1, 2]]), within)
    for (let look = 3; look < 1_203; look++) audit.take(lookAt(look))
    await vi.waitFor(async () => expect((await kept(log)).map((looks) => looks.length)).toEqual([3, 500, 500, 200]), within)
    await audit.close()
    expect((await kept(log)).flat()).toEqual(Array.from({ length: 1_203 }, (_, look) => look))
  })

  it('has told everything when it is closed', async () => {
    const log = await ownLog()
    const audit = audited((events) => log.append(events))
    for (let look = 0; look < 700; look++) audit.take(lookAt(look))
    await audit.close()
    expect((await kept(log)).flat()).toHaveLength(700)
  })

  it('sends what may have arrived again, with the same ids and bytes, so that it counts once', async () => {
    const log = await ownLog()
    const { append, asked, behave } = troubled(log)
    behave.how = async (events) => {
      if (asked.length === 1) throw new LogUnavailableError('away')
      await log.append(events)
      if (asked.length === 2) throw new IndeterminateError('no answer')
      return []
    }
    const audit = audited(append)
    for (let look = 0; look < 600; look++) audit.take(lookAt(look))
    await vi.waitFor(() => expect(asked.length).toBeGreaterThanOrEqual(3), within)
    await audit.close()
    const byId = new Map<string, Set<string>>()
    for (const { ids, bodies } of asked) for (const [at, id] of ids.entries()) byId.set(id, (byId.get(id) ?? new Set()).add(bodies[at]!))
    expect([...byId.values()].map((bodies) => bodies.size)).toEqual([1, 1])
    expect((await kept(log)).flat()).toHaveLength(600)
    expect((await log.statistics('identity')).conflicts).toBe(0)
  })

  it('lets nothing more be shown while the log is away: after some seconds, or so many looks; and again when it is back', async () => {
    const log = await ownLog()
    const { append, behave } = troubled(log)
    behave.how = () => Promise.reject(new LogUnavailableError('away'))
    let laterMs = 0
    const audit = audited(append, { ...hurried, monotonicMs: () => systemClock.monotonicMs() + laterMs })
    audit.take(lookAt(0))
    expect(() => audit.check()).not.toThrow()
    laterMs = 10_001
    expect(() => audit.check()).toThrow(AuditUnavailableError)
    behave.how = (events) => log.append(events)
    await vi.waitFor(() => expect(() => audit.check()).not.toThrow(), within)

    behave.how = () => Promise.reject(new LogUnavailableError('away'))
    let shown = 0
    for (; shown < 100_000; shown++) {
      try {
        audit.check()
      } catch {
        break
      }
      audit.take(lookAt(shown + 1))
    }
    expect(shown).toBe(20_000)
    behave.how = (events) => log.append(events)
    await audit.close()
    expect((await kept(log)).flat()).toHaveLength(20_001)
  })

  it('ends in time when the log never answers', async () => {
    const audit = audited(() => new Promise(() => undefined), { ...systemClock, sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 5), signal) })
    audit.take(lookAt(1))
    await audit.close()
  })
})
