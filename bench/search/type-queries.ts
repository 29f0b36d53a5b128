import { systemClock } from '../../domain/clock.ts'

const AGENTS = 20
/** A fast typist's 100 words a minute. */
const KEYS_PER_SECOND = 8

/**
 * Twenty people who type queries letter by letter, each letter a question, every 125 ms whether the one before is answered or not.
 * @returns milliseconds from when each letter was due to its answer
 */
export async function typeQueries(queries: readonly string[], seconds: number, ask: (typed: string) => Promise<unknown>): Promise<number[]> {
  const startMs = systemClock.monotonicMs()
  const underWay: Promise<void>[] = []
  const took: number[] = []
  const agent = async (number: number): Promise<void> => {
    let key = 0
    for (let query = number; ; query += AGENTS) {
      const typed = queries[query % queries.length]!
      for (let letters = 1; letters <= typed.length; letters++, key++) {
        // Their keys fall evenly between each other's.
        const dueMs = startMs + ((key + number / AGENTS) * 1_000) / KEYS_PER_SECOND
        if (dueMs - startMs > seconds * 1_000) return
        await systemClock.sleep(Math.max(0, dueMs - systemClock.monotonicMs()))
        underWay.push(ask(typed.slice(0, letters)).then(() => void took.push(systemClock.monotonicMs() - dueMs)))
      }
    }
  }
  await Promise.all(Array.from({ length: AGENTS }, (_, number) => agent(number)))
  await Promise.all(underWay)
  return took
}

/** Twenty questions under way at every moment, whole queries, none of whose askers ever thinks. @returns milliseconds of each */
export async function askWithoutPause(queries: readonly string[], ask: (typed: string) => Promise<unknown>, agents = AGENTS): Promise<number[]> {
  const took: number[] = []
  let next = 0
  const agent = async (): Promise<void> => {
    while (next < queries.length) {
      const typed = queries[next++]!
      const beganMs = systemClock.monotonicMs()
      await ask(typed)
      took.push(systemClock.monotonicMs() - beganMs)
    }
  }
  await Promise.all(Array.from({ length: agents }, agent))
  return took
}
