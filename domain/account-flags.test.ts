import { describe, expect, it } from 'vitest'
import { accountFlags, type FlaggingFact } from './account-flags.ts'

const fact = (version: string, basedOn: string | null, flags: FlaggingFact['flags']): FlaggingFact => ({
  flaggingId: version, basedOn, flags, version, at: '2026-01-31T04:00:00.000Z', actor: { staffId: 'staff', name: 'Staff' },
})

describe('accountFlags', () => {
  it('knows none before the first change', () => {
    expect(accountFlags([])).toEqual({ flags: [], version: null, changed: null })
  })

  it('follows the changes in any order; of two from one version the first counts, and what was built on the other does not', () => {
    const facts = [fact('1', null, ['do-not-call']), fact('2', null, ['safety-risk']), fact('3', '1', []), fact('4', '2', ['language-help']), fact('5', '3', ['medical-priority'])]
    for (const order of [facts, facts.toReversed()]) expect(accountFlags(order)).toMatchObject({ flags: ['medical-priority'], version: '5', changed: { flaggingId: '5' } })
  })

  it('takes no change that claims to be based on a later one, nor goes round in a circle', () => {
    expect(accountFlags([fact('2', null, ['safety-risk']), fact('1', '2', []), fact('3', '3', [])])).toMatchObject({ flags: ['safety-risk'], version: '2' })
  })
})
