import { describe, expect, test } from 'vitest'
import { askCore, controlCore, ownCoreSim } from '../../bin/test-support/own-core-sim.ts'
import { type Clock, systemClock } from '../../domain/clock.ts'
import type { CoreSim } from './start-core-sim.ts'

const PATH = '/account-snapshot'

/** A clock that stands unless it is moved; sleeping moves it. */
function handClock(atMs = Date.parse('2026-01-31T12:00:00Z')): Clock & { move(ms: number): void } {
  let nowMs = atMs
  const move = (ms: number) => void (nowMs += ms)
  return { nowMs: () => nowMs, monotonicMs: () => nowMs, sleep: async (ms) => move(ms), move }
}

/** Fractions in turn, from the start again. */
function givenFractions(...fractions: number[]) {
  let next = 0
  return { bytes: (length: number) => new Uint8Array(length), fraction: () => fractions[next++ % fractions.length]! }
}

async function outcome(core: CoreSim): Promise<number | string> {
  try {
    return (await askCore(core, PATH)).status
  } catch (error) {
    return ((error as Error).cause as { code?: string } | undefined)?.code ?? 'failed'
  }
}

describe('the switches of the stand-in @core', () => {
  test('slow: late by the time and its jitter', async () => {
    const clock = handClock()
    const core = await ownCoreSim(0, { clock, random: givenFractions(0.5) })
    await controlCore(core, { mode: 'slow', ms: 3_000, jitterMs: 400 })
    const before = clock.nowMs()
    expect(await outcome(core)).toBe(200)
    expect(clock.nowMs() - before).toBe(3_200)
  })

  test('flaky: an error, a reset, a reset after the work, and the others as they should be', async () => {
    const core = await ownCoreSim(0, { random: givenFractions(0.1, 0, 0.1, 0.4, 0.1, 0.9, 0.9) })
    await controlCore(core, { mode: 'flaky', share: 0.3 })
    const outcomes = [await outcome(core), await outcome(core), await outcome(core), await outcome(core)]
    expect(outcomes[0]).toBe(500)
    for (const reset of outcomes.slice(1, 3)) expect(['ECONNRESET', 'UND_ERR_SOCKET']).toContain(reset)
    expect(outcomes[3]).toBe(200)
    expect(core.history.snapshot(0), 'the work of the third').not.toBeNull()
  })

  test('wrong: a page for people, or JSON of another kind', async () => {
    const core = await ownCoreSim(0)
    await controlCore(core, { mode: 'wrong' })
    const html = await askCore(core, PATH)
    expect([html.status, html.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    await controlCore(core, { mode: 'wrong', kind: 'schema' })
    expect(await (await askCore(core, PATH)).json()).not.toHaveProperty('snapshotId')
  })

  test('throttled: so many a second, then 429 until there is room again', async () => {
    const clock = handClock()
    const core = await ownCoreSim(0, { clock })
    await controlCore(core, { mode: 'throttled', requestsPerSecond: 2 })
    expect([await outcome(core), await outcome(core)]).toEqual([200, 200])
    const refused = await askCore(core, PATH)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
    clock.move(500)
    expect([await outcome(core), await outcome(core)]).toEqual([200, 429])
  })

  test('dead: every connection is reset, and its switch still works', async () => {
    const core = await ownCoreSim(0)
    await controlCore(core, { mode: 'dead' })
    expect(['ECONNRESET', 'UND_ERR_SOCKET']).toContain(await outcome(core))
    await controlCore(core, { mode: 'up' })
    expect(await outcome(core)).toBe(200)
  })

  test('maintenance: within its window, with the time that is left', async () => {
    const clock = handClock()
    const core = await ownCoreSim(0, { clock })
    const instant = (ms: number) => new Date(clock.nowMs() + ms).toISOString()
    await controlCore(core, { mode: 'maintenance', from: instant(1_000), to: instant(61_000) })
    expect(await outcome(core), 'before').toBe(200)
    clock.move(1_000)
    const within = await askCore(core, PATH)
    expect([within.status, within.headers.get('retry-after')]).toEqual([503, '60'])
    clock.move(60_000)
    expect(await outcome(core), 'after').toBe(200)
    await controlCore(core, { mode: 'maintenance' })
    expect(await outcome(core), 'without an end').toBe(503)
  })

  test('windows: maintenance by cron', async () => {
    const clock = handClock(Date.parse('2026-01-31T01:59:00Z'))
    const core = await ownCoreSim(0, { clock })
    await controlCore(core, { mode: 'windows', cron: '0 2 * * *', minutes: 30 })
    expect(await outcome(core), 'before').toBe(200)
    clock.move(11 * 60_000)
    expect((await askCore(core, PATH)).headers.get('retry-after')).toBe(String(20 * 60))
    clock.move(20 * 60_000)
    expect(await outcome(core), 'after').toBe(200)
  })

  test('what is no switch is refused in words and changes nothing', async () => {
    const core = await ownCoreSim(0)
    await expect(controlCore(core, { mode: 'asleep' })).rejects.toThrow(/No such mode/)
    await expect(controlCore(core, { mode: 'flaky', share: 2 })).rejects.toThrow(/share/)
    await expect(controlCore(core, { mode: 'windows', cron: 'whenever' })).rejects.toThrow(/cron/)
    expect(await controlCore(core)).toMatchObject({ mode: 'up' })
  })

  test('stops at once, however slow it was told to be', async () => {
    const slept = Promise.withResolvers<unknown>()
    const waiting = Promise.withResolvers<void>()
    const sleep: Clock['sleep'] = (ms, signal) => {
      waiting.resolve()
      const sleeping = systemClock.sleep(ms, signal)
      sleeping.then(slept.resolve, slept.resolve)
      return sleeping
    }
    const core = await ownCoreSim(0, { clock: { ...systemClock, sleep } })
    await controlCore(core, { mode: 'slow', ms: 60_000 })
    const asked = outcome(core)
    await waiting.promise
    await core.close()
    expect(await slept.promise).toBeInstanceOf(Error)
    expect(await asked).not.toBe(200)
  })

  test('a caller that gives up does not stop it', async () => {
    const core = await ownCoreSim(0, { clock: systemClock })
    await controlCore(core, { mode: 'slow', ms: 150, jitterMs: 0 })
    await expect(askCore(core, PATH, { signal: AbortSignal.timeout(20) })).rejects.toThrow()
    await controlCore(core, { mode: 'up' })
    expect(await outcome(core)).toBe(200)
  })
})
