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
    let retries = 0
    while (budget.mayRetry()) retries++
    expect(retries).toBe(3)
  })
})
