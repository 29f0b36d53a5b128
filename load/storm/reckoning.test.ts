import { describe, expect, it } from 'vitest'
import { type Holdings, reckon } from './reckoning.ts'

const IDS = ['a', 'b', 'c', 'd']

/** Four phones, all accepted; the last one sent a second body, which stands as a conflict everywhere. */
function sound(): Holdings {
  const last = IDS.length - 1
  return {
    phones: IDS.map((id, index) => ({
      id,
      bodyHash: `body-${id}`,
      accepted: true,
      secondBodyHash: index === last ? 'second' : null,
      secondRefused: index === last,
    })),
    log: [...IDS.map((id) => ({ id, bodyHash: `body-${id}`, first: true })), { id: IDS[last]!, bodyHash: 'second', first: false }],
    postgres: projected(last),
    redis: projected(last),
  }
}

function projected(conflictAt: number) {
  return IDS.map((id, index) => ({ id, bodyHash: `body-${id}`, conflicts: index === conflictAt ? 1 : 0 }))
}

const without = <T extends { id: string }>(reports: readonly T[], id: string) => reports.filter((report) => report.id !== id)

describe('the reckoning of a storm', () => {
  it('finds nothing wrong when every promise was kept', () => {
    expect(reckon(sound())).toEqual({
      sent: 4, accepted: 4, inLog: 4, inPostgres: 4, inRedis: 4, lost: 0, doubled: 0, copies: 0, conflicts: 1, faults: [],
    })
  })

  it.each(['log', 'postgres', 'redis'] as const)('counts an accepted report that is missing in %s as lost', (store) => {
    const holdings = sound()
    const result = reckon({ ...holdings, [store]: without<{ id: string }>(holdings[store], 'b') })
    expect(result.lost).toBe(1)
    expect(result.faults).toHaveLength(1)
    expect([result.inLog, result.inPostgres, result.inRedis].toSorted((a, b) => a - b)).toEqual([3, 4, 4])
  })

  it.each(['postgres', 'redis'] as const)('counts an accepted report that stands in %s with another body as lost', (store) => {
    const holdings = sound()
    const changed = holdings[store].map((report) => (report.id === 'b' ? { ...report, bodyHash: 'changed' } : report))
    expect(reckon({ ...holdings, [store]: changed }).lost).toBe(1)
  })

  it.each(['log', 'postgres', 'redis'] as const)('counts a report that is twice in %s as doubled', (store) => {
    const holdings = sound()
    const result = reckon({ ...holdings, [store]: [...holdings[store], holdings[store][1]!] })
    expect(result).toMatchObject({ lost: 0, doubled: 1 })
    expect(result.faults).toHaveLength(1)
  })

  it('takes copies in the log for what they are, of the report and of its second body alike', () => {
    const holdings = sound()
    const copies = [holdings.log[0]!, holdings.log.at(-1)!].map((record) => ({ ...record, first: false }))
    expect(reckon({ ...holdings, log: [...holdings.log, ...copies] })).toEqual({ ...reckon(holdings), copies: 2 })
  })

  it('counts one id that is doubled in two stores once', () => {
    const holdings = sound()
    const result = reckon({ ...holdings, postgres: [...holdings.postgres, holdings.postgres[1]!], redis: [...holdings.redis, holdings.redis[1]!] })
    expect(result.doubled).toBe(1)
  })

  it('does not call a report lost that was never accepted, but names it', () => {
    const holdings = sound()
    const result = reckon({
      ...holdings,
      phones: holdings.phones.map((phone) => (phone.id === 'b' ? { ...phone, accepted: false } : phone)),
      log: without(holdings.log, 'b'),
      postgres: without(holdings.postgres, 'b'),
      redis: without(holdings.redis, 'b'),
    })
    expect(result).toMatchObject({ sent: 4, accepted: 3, inLog: 3, lost: 0 })
    expect(result.faults).toEqual(['Reports without a verified receipt: 1, such as b'])
  })

  it('takes the record of an id that counts, whichever body that has', () => {
    const holdings = sound()
    const log = holdings.log.map((record) => (record.id === 'd' ? { ...record, first: !record.first } : record))
    expect(reckon({ ...holdings, log }).lost).toBe(1)
  })

  it('names a report that no phone sent', () => {
    const holdings = sound()
    const result = reckon({ ...holdings, postgres: [...holdings.postgres, { id: 'z', bodyHash: 'body-z', conflicts: 0 }] })
    expect(result.faults).toEqual(['Reports in Postgres that no phone sent: 1, such as z'])
  })

  it.each(['log', 'postgres', 'redis'] as const)('names a second body that %s does not show as a conflict', (store) => {
    const holdings = sound()
    const silenced =
      store === 'log' ? holdings.log.filter(({ bodyHash }) => bodyHash !== 'second') : holdings[store].map((report) => ({ ...report, conflicts: 0 }))
    expect(reckon({ ...holdings, [store]: silenced }).faults).toHaveLength(1)
  })

  it('names a second body that was not refused', () => {
    const holdings = sound()
    const last = { ...holdings.phones.at(-1)!, secondRefused: false }
    const result = reckon({ ...holdings, phones: [...holdings.phones.slice(0, -1), last] })
    expect(result.faults).toEqual(['Second bodies that were not refused with 409: 1'])
  })
})
