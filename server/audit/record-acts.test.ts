import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../../bin/test-support/temporary-folder.ts'
import type { AuditEntry, AuditRecorded } from '../../domain/audit.ts'
import { systemClock, systemRandom } from '../../domain/clock.ts'
import { uuidV7 } from '../../domain/uuid.ts'
import { ConflictError, LogUnavailableError } from '../platform/errors.ts'
import type { EventLog } from '../platform/event-log/event-log.ts'
import { openEventLog } from '../platform/event-log/open-event-log.ts'
import { type Act, recordActs } from './record-acts.ts'

const staffId = uuidV7(systemClock, systemRandom)
const look: Act = { actor: { kind: 'staff', id: staffId, role: 'agent' }, act: 'account.looked-at', subject: { kind: 'account', id: '4711' } }

async function ownLog(): Promise<EventLog> {
  const log = await openEventLog({ url: `sqlite:${join(temporaryFolder(), 'log.sqlite')}`, clock: systemClock, region: 'test', node: 'test' })
  onTestFinished(() => log.close())
  return log
}

const trail = (log: Pick<EventLog, 'append'>) => recordActs({ log, clock: systemClock, random: systemRandom, logger: { error: () => undefined } })

async function kept(log: EventLog): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = []
  for await (const batch of log.read('identity/0', null, { signal: new AbortController().signal, follow: false })) {
    for (const { envelope, first } of batch) if (first) entries.push(...(envelope.data as AuditRecorded).entries)
  }
  return entries
}

describe('the audit trail @audit @log', () => {
  it('has told what it took when it is closed, each with its own id and time', async () => {
    const log = await ownLog()
    const audit = trail(log)
    audit.take(look)
    audit.take({ ...look, reason: 'a caller' })
    await audit.close()
    const entries = await kept(log)
    expect(entries).toMatchObject([look, { ...look, reason: 'a caller' }])
    expect(new Set(entries.map(({ entryId }) => entryId)).size).toBe(2)
    expect(Math.abs(Date.parse(entries[0]!.at) - Date.now())).toBeLessThan(60_000)
  })

  it('resolves an append when the log has it, and the same act again is the first one', async () => {
    const log = await ownLog()
    const audit = trail(log)
    const reveal = { ...look, entryId: uuidV7(systemClock, systemRandom), act: 'account.revealed', reason: 'caller verified' }
    const first = await audit.append(reveal)
    expect(await kept(log)).toEqual([first])
    expect(await audit.append(reveal)).toEqual(first)
    expect(await kept(log)).toHaveLength(1)
  })

  it('lets no id stand for two acts: the second is refused', async () => {
    const log = await ownLog()
    const audit = trail(log)
    const entryId = uuidV7(systemClock, systemRandom)
    await audit.append({ ...look, entryId })
    await expect(audit.append({ ...look, entryId, subject: { kind: 'account', id: '4712' } })).rejects.toThrow(ConflictError)
  })

  it('says when an act could not be kept', async () => {
    const audit = trail({ append: () => Promise.reject(new LogUnavailableError('away')) })
    await expect(audit.append(look)).rejects.toThrow(LogUnavailableError)
  })

  it('takes nothing that the trail could not show: a broken act fails at once', async () => {
    const audit = trail(await ownLog())
    expect(() => audit.take({ ...look, act: 'Anything' })).toThrow(/act/)
    await audit.close()
  })
})
