import { describe, expect, it } from 'vitest'
import type { HandlingStep } from './handling-steps.ts'
import { type HandlingFact, handlingOf, UNHANDLED } from './handling.ts'

const one = { staffId: '4f6a1c1e-7a53-4c11-9d5c-9f5f5d7b3c11', name: 'One' }
const other = { staffId: '4f6a1c1e-7a53-4c11-9d5c-9f5f5d7b3c12', name: 'Other' }

function fact(number: number, step: HandlingStep, changes: Partial<HandlingFact> = {}, actor = one): HandlingFact {
  const stepId = `step ${number}`
  return { stepId, lost: false, data: { handlingId: stepId, reportId: 'report', step, basedOn: number === 1 ? null : `step ${number - 1}`, at: `2026-01-31T04:00:0${number}.000Z`, actor }, ...changes }
}

describe('handlingOf', () => {
  it('is nothing, then claimed, taken over, released, resolved and new again', () => {
    const steps = [fact(1, 'claimed'), fact(2, 'claimed', {}, other), fact(3, 'released', {}, other), fact(4, 'resolved'), fact(5, 'reopened')]
    const told = steps.map((_step, index) => handlingOf(steps.slice(0, index + 1).reverse()))
    expect(handlingOf([])).toEqual(UNHANDLED)
    expect(told.map(({ state, by, stepId }) => [state, by?.name, stepId])).toEqual([
      ['claimed', 'One', 'step 1'], ['claimed', 'Other', 'step 2'], ['new', undefined, 'step 3'], ['resolved', 'One', 'step 4'], ['new', undefined, 'step 5'],
    ])
  })

  it('leaves out what came second, what stands on nothing, and what is not allowed; the next step stands on that all the same', () => {
    const lost = fact(1, 'resolved', { lost: true }, other)
    const counted: string[] = []
    const told = handlingOf([lost, fact(1, 'claimed'), fact(9, 'resolved'), fact(2, 'reopened'), fact(3, 'resolved')], ({ stepId }) => counted.push(stepId))
    expect(told).toMatchObject({ state: 'resolved', stepId: 'step 3', by: one })
    expect(counted).toEqual(['step 1', 'step 3'])
    expect(handlingOf([fact(1, 'claimed'), fact(2, 'reopened')])).toMatchObject({ state: 'claimed', stepId: 'step 2', by: one, at: '2026-01-31T04:00:01.000Z' })
  })
})
