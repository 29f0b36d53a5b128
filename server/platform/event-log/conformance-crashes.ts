import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import type { EventLog } from './event-log.ts'
import { verifyRecord } from './verify-record.ts'

const SEED = 20_250_131
const ROUNDS: [count: number, tag: string][] = [[5, ''], [12, ' @full']]
const FIXTURE = `${import.meta.dirname}/append-until-killed.fixture.ts`

/** Kills a process that appends, at moments that a seed chooses, and compares what it was promised with what the log has. */
export function describeCrashes(url: () => string, open: (node?: string) => Promise<EventLog>): void {
  describe('kill -9 while appending', () => {
    test.each(ROUNDS)(`every answered event is in the log and no call is torn (%i rounds, seed ${SEED})%s`, { timeout: 120_000 }, async (rounds) => {
      const log = await open('witness')
      const random = seeded(SEED)
      const promised: string[] = []
      for (let round = 0; round < rounds; round++) {
        promised.push(...(await appendUntilKilled(url(), round, 1 + Math.floor(random() * 60), Math.floor(random() * 2_000))))
      }
      const found = new Set<string>()
      const perCall = new Map<string, Set<string>>()
      for (const partition of await log.partitions('outages')) {
        for await (const batch of log.read(partition, null, { signal: AbortSignal.timeout(60_000), follow: false })) {
          for (const record of batch) {
            verifyRecord(record)
            const { id, data } = record.envelope
            found.add(id)
            const call = (data as { circuit: string }).circuit
            perCall.set(call, (perCall.get(call) ?? new Set()).add(id))
          }
        }
      }
      expect(promised.length).toBeGreaterThanOrEqual(rounds)
      expect(promised.filter((id) => !found.has(id))).toEqual([])
      expect([...perCall].filter(([, ids]) => ids.size !== 3)).toEqual([])
    })
  })
}

/**
 * Ids that the child was answered before it died.
 * @param answers kills after so many answers, @param spins and then so many turns of a busy loop, to land between two answers
 */
async function appendUntilKilled(url: string, round: number, answers: number, spins: number): Promise<string[]> {
  const child = spawn(process.execPath, [FIXTURE, url, String(round)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const closed = once(child, 'close')
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
    if (child.killed || text.split('\n').length <= answers) return
    for (let turn = 0; turn < spins; turn++) Math.sqrt(turn)
    child.kill('SIGKILL')
  })
  await closed
  expect(child.signalCode).toBe('SIGKILL')
  const lines = text.slice(0, text.lastIndexOf('\n') + 1)
  return lines.split(/\s+/).filter((id) => id !== '')
}

/** mulberry32: a sequence of numbers in [0, 1) that a seed repeats. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
