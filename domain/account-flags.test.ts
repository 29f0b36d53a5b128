import { describe, expect, it } from 'vitest'
import { accountFlags, type FlaggingFact } from './account-flags.ts'

const fact = (version: string, basedOn: string | null, flags: FlaggingFact['flags']): FlaggingFact => ({
  flaggingId: `id ${version}`, basedOn: basedOn && `id ${basedOn}`, flags, version, at: '2026-01-31T04:00:00.000Z', actor: { staffId: 'staff', name: 'Staff' },
})

describe('accountFlags', () => {
  it('knows none before the first change', () => {
    expect(accountFlags([])).toEqual({ flags: [], changed: null })
  })

  it('follows the changes in any order; of two from one the first counts, and what was built on the other does not', () => {
    const facts = [fact('1', null, ['do-not-call']), fact('2', null, ['safety-risk']), fact('3', '1', []), fact('4', '2', ['language-help']), fact('5', '3', ['medical-priority'])]
    for (const order of [facts, facts.toReversed()]) expect(accountFlags(order)).toMatchObject({ flags: ['medical-priority'], changed: { flaggingId: 'id 5' } })
  })

  it('comes to an end when changes claim to be based on each other', () => {
    expect(accountFlags([fact('1', null, []), fact('2', '1', ['safety-risk']), fact('3', '3', [])]).flags).toEqual(['safety-risk'])
    expect(accountFlags([{ ...fact('1', null, []), flaggingId: 'x' }, { ...fact('2', null, []), basedOn: 'x', flaggingId: 'x' }]).changed?.flaggingId).toBe('x')
  })
})
