import type { Transport } from '../../worker/outbox/outbox.ts'
import { type PhoneEnd, runPhone } from '../storm/phone.ts'
import { createWake } from '../storm/wake.ts'

const TICK_MS = 10
/** Every so many-th report is sent by two senders at once: two doors race for one id. */
const TWINS_EVERY = 8

export interface OpenLoadOptions {
  /** New reports a second; they do not wait for the answers to earlier ones. */
  ratePerSecond: number
  seed: number
  transport: Transport
  accountNumbers: readonly string[]
}

export interface OpenLoad {
  /** Reports saved so far, and those that hold a verified receipt. */
  readonly tally: Readonly<{ saved: number; received: number }>
  /** Stops new reports, tells all phones that the network is back, and waits for them, at most `patienceMs`. */
  end(patienceMs: number): Promise<PhoneEnd[]>
  /** Every phone gives up at once. */
  abandon(): void
}

/** From now on a customer reports every 1/rate seconds, each by a phone of their own with the real outbox's rules. */
export function startOpenLoad({ ratePerSecond, seed, transport, accountNumbers }: OpenLoadOptions): OpenLoad {
  const tally = { saved: 0, received: 0 }
  const wake = createWake()
  const over = new AbortController()
  const phones: Promise<PhoneEnd>[] = []
  const fromMs = performance.now()

  const pickUp = (index: number) => {
    const end = runPhone({
      seed: (Math.imul(seed, 0x9e37_79b1) + index) >>> 0,
      temper: index % TWINS_EVERY === TWINS_EVERY - 1 ? 'twins' : 'plain',
      transport, accountNumbers, wake,
      signal: over.signal,
      onSaved: () => tally.saved++,
      onReceived: () => tally.received++,
    })
    // Looked at when all are asked for.
    end.catch(() => undefined)
    phones.push(end)
  }
  const ticker = setInterval(() => {
    const due = Math.floor(((performance.now() - fromMs) / 1000) * ratePerSecond)
    while (phones.length < due) pickUp(phones.length)
  }, TICK_MS)

  return {
    tally,
    end: async (patienceMs) => {
      clearInterval(ticker)
      wake.call()
      const patience = setTimeout(() => over.abort(), patienceMs)
      try {
        return await Promise.all(phones)
      } finally {
        clearTimeout(patience)
      }
    },
    abandon: () => {
      clearInterval(ticker)
      over.abort()
    },
  }
}
