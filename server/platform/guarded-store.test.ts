import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished, vi } from 'vitest'
import { NotFoundError } from './errors.ts'
import { withDeadline } from './deadline.ts'
import { dependencyStates } from './dependency-states.ts'
import { type GuardOptions, guardStore, StoreUnavailableError } from './guarded-store.ts'
import { metrics } from './metrics.ts'
import { createReadSources } from './read-sources.ts'
import { RetryBudget } from './retry-budget.ts'

interface Store {
  answer: () => Promise<string>
  probes: number
}
const fails = () => Promise.reject(new Error('connect ECONNREFUSED'))
const never = () => new Promise<string>(() => undefined)
const answers = () => Promise.resolve('answer')

function guarded(answer: Store['answer'], options: Partial<GuardOptions<Store>> = {}) {
  const store: Store = { answer, probes: 0 }
  const guard = guardStore('core-system', store, {
    timeoutMs: 200, atOnce: 4, waiting: 2,
    probe: (client) => {
      client.probes++
      return client.answer()
    },
    ...options,
  })
  onTestFinished(() => guard.close())
  return { store, guard, ask: () => guard.use((client) => client.answer()), reasonOf: () => guard.use((client) => client.answer()).then(() => 'answer', reason) }
}
const reason = (error: unknown) => (error instanceof StoreUnavailableError ? (error.reason ?? 'failed') : String(error))
const state = () => dependencyStates().find(({ dependency }) => dependency === 'core-system')

it('is not asked after three failures in a row, is probed by nobody\'s request, and answers again @reads', async () => {
  const { store, guard, ask, reasonOf } = guarded(fails)
  for (let index = 0; index < 3; index++) expect(await reasonOf()).toBe('failed')
  expect(await reasonOf()).toBe('open')
  expect(state()).toMatchObject({ state: 'open', reason: 'unreachable' })
  expect(guard.nextProbeInMs()).toBeGreaterThan(0)
  await vi.waitFor(() => expect(store.probes).toBe(1), { timeout: 20_000, interval: 5 })
  store.answer = answers
  await vi.waitFor(ask, { timeout: 20_000, interval: 10 })
  expect(store.probes).toBe(2)
  expect(state()).toMatchObject({ state: 'closed', reason: null })
  expect(await metrics.getSingleMetricAsString('stormdoor_dependency_state')).toContain('dependency="core-system"} 0')
})

it('gives callers nothing to wait for while one probe is under way @reads', async () => {
  const { store, reasonOf } = guarded(fails, { timeoutMs: 10_000 })
  for (let index = 0; index < 3; index++) await reasonOf()
  store.answer = never
  await vi.waitFor(() => expect(store.probes).toBe(1), { timeout: 20_000, interval: 5 })
  expect(state()?.state).toBe('half-open')
  const askedMs = performance.now()
  expect(await Promise.all(Array.from({ length: 50 }, reasonOf))).toEqual(Array.from({ length: 50 }, () => 'open'))
  expect(performance.now() - askedMs).toBeLessThan(1_000)
  expect(store.probes).toBe(1)
})

it('does not ask for those who waited for a place while it died @reads', async () => {
  let calls = 0
  const { reasonOf } = guarded(() => (calls++, fails()), { atOnce: 1, waiting: 20 })
  const reasons = await Promise.all(Array.from({ length: 12 }, reasonOf))
  expect([calls, reasons]).toEqual([3, [...Array.from({ length: 3 }, () => 'failed'), ...Array.from({ length: 9 }, () => 'open')]])
})

it('opens for a store that fails most of its calls, though never three in a row @reads', async () => {
  let calls = 0
  const { reasonOf } = guarded(() => (calls++ % 3 === 0 ? answers() : fails()))
  for (let index = 0; index < 40; index++) await reasonOf()
  expect(calls).toBeLessThan(40)
  expect(await reasonOf()).toBe('open')
})

it('does not hold it against the store when the caller asks for what is not there or is wrong @reads', async () => {
  const { store, guard, ask } = guarded(answers)
  for (let index = 0; index < 30; index++) {
    await expect(guard.use(() => Promise.reject(new NotFoundError('none')))).rejects.toThrow(NotFoundError)
    await expect(guard.use(() => Promise.reject(new TypeError('wrong')))).rejects.toThrow(StoreUnavailableError)
  }
  expect(await ask()).toBe('answer')
  expect(store.probes).toBe(0)
})

it('refuses what is over its places at once, and that is no failure of the store @reads', async () => {
  let release = () => undefined as void
  const held = new Promise<string>((resolve) => (release = () => resolve('late')))
  const { store, ask, reasonOf } = guarded(() => held, { timeoutMs: 20_000 })
  const under = Array.from({ length: 6 }, ask)
  expect(await Promise.all(Array.from({ length: 20 }, reasonOf))).toEqual(Array.from({ length: 20 }, () => 'full'))
  release()
  expect(await Promise.all(under)).toEqual(Array.from({ length: 6 }, () => 'late'))
  store.answer = answers
  expect(await ask()).toBe('answer')
})

it('waits no longer than whoever asked, tells the work, and does not blame the store for a short patience @reads', async () => {
  const { guard, store, ask } = guarded(never, { timeoutMs: 30_000 })
  const signals: AbortSignal[] = []
  const beganMs = performance.now()
  for (let index = 0; index < 4; index++) {
    const asked = withDeadline(20, () => guard.use((_client, signal) => (signals.push(signal), never())))
    expect(await asked.catch(reason)).toBe('failed')
  }
  expect(performance.now() - beganMs).toBeLessThan(10_000)
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, true, true])
  store.answer = answers
  expect(await ask()).toBe('answer')
  const over = withDeadline(0, () => sleep(2).then(ask))
  expect(await over.catch(reason)).toBe('deadline')
})

it('comes no sooner than a store wants to be asked @reads', async () => {
  const { guard, reasonOf } = guarded(fails, { retryAfterMsOf: () => 60_000 })
  for (let index = 0; index < 3; index++) await reasonOf()
  expect(guard.nextProbeInMs()).toBeGreaterThan(59_000)
  expect(guard.nextProbeInMs()).toBeLessThanOrEqual(72_000)
})

it('makes a call again whose connection broke, as long as the budget has it @reads', async () => {
  let calls = 0
  const { ask, reasonOf, store } = guarded(() => (++calls % 2 ? Promise.reject(new Error('Connection terminated unexpectedly')) : answers()), { retries: new RetryBudget({ most: 1, share: 0 }) })
  expect(await ask()).toBe('answer')
  expect(calls).toBe(2)
  expect(await reasonOf()).toBe('failed')
  store.answer = answers
  expect(await ask()).toBe('answer')
})

it('notices a store that died while nobody asked @reads', async () => {
  const { store } = guarded(fails, { watchEveryMs: 20 })
  await vi.waitFor(() => expect(state()?.state).toBe('open'), { timeout: 20_000, interval: 5 })
  store.answer = answers
  await vi.waitFor(() => expect(state()?.state).toBe('closed'), { timeout: 20_000, interval: 10 })
})

it('never waits for stores that hang, and asks neither while they do @reads', async () => {
  const hanging = createServer(() => undefined)
  await new Promise<void>((resolve) => hanging.listen(0, '127.0.0.1', resolve))
  const { port } = hanging.address() as { port: number }
  const sources = createReadSources({ redisUrl: `redis://127.0.0.1:${port}`, databaseUrl: `postgresql://a:b@127.0.0.1:${port}/c` })
  onTestFinished(async () => {
    await sources.close()
    hanging.close()
  })
  for (let index = 0; index < 3; index++) await sources.prisma.use((database) => database.$queryRaw`SELECT 1`).catch(reason)
  expect(await sources.prisma.use((database) => database.$queryRaw`SELECT 1`).catch(reason)).toBe('open')
  expect(dependencyStates().find(({ dependency }) => dependency === 'postgres')).toMatchObject({ state: 'open', reason: 'time-out' })
})
