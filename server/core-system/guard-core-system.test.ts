import { expect, it, onTestFinished, vi } from 'vitest'
import { CoreAnswerError, CoreRefusedError, CoreUnavailableError } from './core-errors.ts'
import type { CoreCall, CoreSystem } from './core-system.ts'
import { guardCoreSystem } from './guard-core-system.ts'

const call = (): CoreCall => ({ signal: new AbortController().signal })
const unasked = () => Promise.reject(new Error('not asked for here'))

/** A core system whose every look-up goes by `answer`. */
function guarded(answer: () => Promise<unknown>, singleAccountsAreCheap = true) {
  const asked: string[] = []
  const core: CoreSystem = {
    singleAccountsAreCheap,
    snapshot: unasked, snapshotPage: unasked, accountChanges: unasked, deliverReport: unasked, deliverPayment: unasked,
    account: (accountNumber) => {
      asked.push(accountNumber)
      return answer()
    },
    reach: async () => {
      asked.push('reach')
      await answer()
    },
    close: () => Promise.resolve(),
  }
  const guard = guardCoreSystem(core)
  onTestFinished(() => guard.close())
  return { guard, asked, ask: () => guard.account('4100-1', call()), answers: (next: () => Promise<unknown>) => void (answer = next) }
}

it('is left alone when it fails, says when to come again, and is probed by the smallest question @core', async () => {
  const { ask, asked, answers } = guarded(() => Promise.reject(new CoreUnavailableError('away', { kind: 'ECONNREFUSED' })))
  for (let index = 0; index < 3; index++) await expect(ask()).rejects.toMatchObject({ kind: 'ECONNREFUSED' })
  const refused = await ask().catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(CoreUnavailableError)
  expect(refused).toMatchObject({ kind: 'not-asked', throttled: false })
  expect((refused as CoreUnavailableError).retryAfterMs).toBeGreaterThan(0)
  expect(asked).toHaveLength(3)
  answers(() => Promise.resolve(null))
  await vi.waitFor(ask, { timeout: 20_000, interval: 10 })
  expect(asked.slice(3)).toEqual(['reach', '4100-1'])
})

it('counts nonsense as a failure, and what it refuses or throttles as an answer @core', async () => {
  const refusing = guarded(() => Promise.reject(new CoreRefusedError(422, 'no')))
  for (let index = 0; index < 30; index++) await expect(refusing.ask()).rejects.toThrow(CoreRefusedError)
  const throttling = guarded(() => Promise.reject(new CoreUnavailableError('slower', { kind: 'http-429', throttled: true, retryAfterMs: 1_000 })))
  for (let index = 0; index < 30; index++) await expect(throttling.ask()).rejects.toMatchObject({ throttled: true })
  expect(throttling.asked).toHaveLength(30)
  const talking = guarded(() => Promise.reject(new CoreAnswerError('HTML')))
  for (let index = 0; index < 3; index++) await expect(talking.ask()).rejects.toThrow(CoreAnswerError)
  await expect(talking.ask()).rejects.toMatchObject({ kind: 'not-asked' })
})

it.each([true, false])('tells as the core system does whether single accounts are cheap: %s @core', (cheap) => {
  expect(guarded(unasked, cheap).guard.singleAccountsAreCheap).toBe(cheap)
})

it('waits as long as it was asked to @core', async () => {
  const { ask } = guarded(() => Promise.reject(new CoreUnavailableError('maintenance', { kind: 'http-503', retryAfterMs: 60_000 })))
  for (let index = 0; index < 3; index++) await ask().catch(() => undefined)
  const refused = (await ask().catch((error: unknown) => error)) as CoreUnavailableError
  expect(refused.retryAfterMs).toBeGreaterThan(59_000)
})
