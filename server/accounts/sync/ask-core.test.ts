import { describe, expect, it, vi } from 'vitest'
import type { Clock } from '../../../domain/clock.ts'
import { CoreAnswerError, CoreRefusedError, CoreUnavailableError } from '../../core-system/core-errors.ts'
import { askCore } from './ask-core.ts'
import { CorePace } from './core-pace.ts'

/** Sleeps in no time, and says when each question was asked. */
function ownClock(): Clock {
  let nowMs = 0
  return {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    sleep: (durationMs) => {
      nowMs += durationMs
      return Promise.resolve()
    },
  }
}

const RATE = 20

function asking({ patienceMs = 600_000, takesMs = 10, fraction = 1 } = {}) {
  const clock = ownClock()
  const pace = new CorePace(clock, RATE)
  const stop = new AbortController()
  const asker = { pace, clock, random: { fraction: () => fraction, bytes: () => new Uint8Array() }, signal: stop.signal, patienceMs }
  const askedAtMs: number[] = []
  const ask = (answer: (time: number) => unknown) =>
    askCore(asker, async () => {
      askedAtMs.push(clock.monotonicMs())
      await clock.sleep(takesMs)
      return answer(askedAtMs.length)
    })
  return { clock, pace, stop, askedAtMs, ask }
}

const away = (retryAfterMs?: number) => {
  throw new CoreUnavailableError('away', { kind: 'http-503', ...(retryAfterMs === undefined ? {} : { retryAfterMs }) })
}

describe('askCore @sync', () => {
  it('asks no more often than the core system is to be asked', async () => {
    const { askedAtMs, ask } = asking()
    for (let time = 0; time < 10; time++) await ask(() => 'answer')
    expect(askedAtMs).toEqual(Array.from({ length: 10 }, (_, time) => time * 50))
  })

  it('waits longer after each failure and as long as it is asked to, gives up after its patience, and never asks in a tight loop', async () => {
    const { clock, askedAtMs, ask } = asking({ patienceMs: 120_000 })
    await expect(ask(() => away())).rejects.toThrow(CoreUnavailableError)
    const gaps = askedAtMs.slice(1).map((atMs, index) => atMs - askedAtMs[index]!)
    expect(gaps.slice(0, 4)).toEqual([510, 1_010, 2_010, 4_010])
    expect(Math.max(...gaps)).toBeLessThanOrEqual(60_010)
    expect(clock.monotonicMs()).toBeLessThan(120_000)

    const throttled = asking({ fraction: 0 })
    expect(await throttled.ask((time) => (time === 1 ? away(7_000) : 'answer'))).toBe('answer')
    expect(throttled.askedAtMs[1]).toBeGreaterThanOrEqual(7_010)
  })

  it('asks once when it has no patience, asks nonsense again, and takes a refusal at its word', async () => {
    const impatient = asking({ patienceMs: 0 })
    await expect(impatient.ask(() => away())).rejects.toThrow(CoreUnavailableError)
    expect(impatient.askedAtMs).toHaveLength(1)
    const { ask } = asking()
    expect(await ask((time) => {
      if (time < 3) throw new CoreAnswerError('a page for people')
      return time
    })).toBe(3)
    const refused = vi.fn<() => never>(() => {
      throw new CoreRefusedError(403, 'no')
    })
    await expect(ask(refused)).rejects.toThrow(CoreRefusedError)
    expect(refused).toHaveBeenCalledTimes(1)
  })

  it('is slower with one that strains or fails, and as fast as before when it recovers', async () => {
    const { clock, pace, ask } = asking()
    for (let time = 0; time < 5; time++) await ask(() => 'answer')
    expect(pace.requestsPerSecond).toBe(RATE)
    const slowly = () => clock.sleep(900)
    for (let time = 0; time < 4; time++) await ask(slowly)
    expect(pace.requestsPerSecond).toBeLessThanOrEqual(RATE / 16)
    for (let time = 0; time < 80; time++) await ask(() => 'answer')
    expect(pace.requestsPerSecond).toBe(RATE)
  })

  it('gives up at once when ownership is lost', async () => {
    const { stop, askedAtMs, ask } = asking()
    await expect(ask(() => {
      stop.abort(new Error('lost'))
      return away()
    })).rejects.toThrow('lost')
    expect(askedAtMs).toHaveLength(1)
  })
})
