import { describe, expect, it } from 'vitest'
import { RetryBudget } from './retry-budget.ts'

const retriesOf = (budget: RetryBudget, calls: number) => {
  let retries = 0
  for (let call = 0; call < calls; call++) {
    budget.called()
    if (budget.mayRetry()) retries++
  }
  return retries
}

describe('RetryBudget', () => {
  it('lets a tenth of the calls be repeated when every one fails, after what was saved up', () => {
    const budget = new RetryBudget()
    retriesOf(budget, 20)
    expect(retriesOf(budget, 1_000)).toBe(100)
  })

  it('saves up no more than it may, however long nothing fails', () => {
    const budget = new RetryBudget({ share: 0.5, most: 3 })
    for (let call = 0; call < 1_000; call++) budget.called()
    expect(Array.from({ length: 10 }, () => budget.mayRetry()).filter(Boolean)).toHaveLength(3)
  })

  it('has saved up a retry after ten calls, and not before', () => {
    const budget = new RetryBudget({ most: 1 })
    budget.mayRetry()
    for (let call = 0; call < 9; call++) budget.called()
    expect(budget.mayRetry()).toBe(false)
    budget.called()
    expect(budget.mayRetry()).toBe(true)
  })
})
