import { Worker } from 'node:worker_threads'
import { compactJws, receiptHeader } from './compact-jws.ts'
import type { Logger } from './logger.ts'
import type { SigningKeys } from './signing-keys.ts'
import type { SigningThreadStart } from './signing-thread.ts'

/** So many are answered together: the first of a long queue does not wait for the last. */
const BATCH = 32
const RESTART_PAUSE_MS = 5_000

/** A payload as a signed compact JWS. */
export type Sign = (payload: string) => Promise<string>

export interface Signer {
  sign: Sign
  close(): Promise<void>
}

interface Job {
  payload: string
  resolve(token: string): void
}

/**
 * Signs in a thread of its own, a batch per turn of the event loop. What a thread that died held is signed here, at once,
 * and so is all that comes until another stands: a receipt is never lost to it.
 */
export function startSigner(keys: SigningKeys, logger: Logger): Signer {
  const header = receiptHeader(keys)
  const { privateKey: key } = keys.first
  const underWay: Job[][] = []
  let waiting: Job[] = []
  let thread: Worker | null = null
  let lostAtMs = -Infinity
  let closed = false

  function start(): void {
    const started = new Worker(new URL('./signing-thread.ts', import.meta.url), {
      name: 'signer',
      execArgv: [],
      workerData: { header, key } satisfies SigningThreadStart,
    })
    thread = started
    started.unref()
    started.on('message', (tokens: readonly string[]) => {
      for (const [index, job] of (underWay.shift() ?? []).entries()) job.resolve(tokens[index]!)
    })
    // An error is always followed by the exit.
    started.on('error', (err) => logger.error({ err }, 'the signing thread failed'))
    started.on('exit', (code) => {
      thread = null
      lostAtMs = performance.now()
      if (!closed) logger.error({ code }, 'the signing thread ended; signing on the event loop until it is back')
      for (const jobs of underWay.splice(0)) signHere(jobs)
    })
  }

  function signHere(jobs: readonly Job[]): void {
    for (const job of jobs) job.resolve(compactJws(header, job.payload, key))
  }

  function post(): void {
    const jobs = waiting
    waiting = []
    if (!thread && !closed && performance.now() - lostAtMs > RESTART_PAUSE_MS) start()
    if (!thread) return signHere(jobs)
    for (let from = 0; from < jobs.length; from += BATCH) {
      const batch = jobs.slice(from, from + BATCH)
      underWay.push(batch)
      thread.postMessage(batch.map(({ payload }) => payload), [])
    }
  }

  start()
  return {
    sign: (payload) =>
      new Promise((resolve) => {
        // What one round of the event loop brings goes to the thread together.
        if (waiting.push({ payload, resolve }) === 1) setImmediate(post)
      }),
    close: async () => {
      closed = true
      await thread?.terminate()
    },
  }
}
