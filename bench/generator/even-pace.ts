import type { Client } from 'autocannon'

/**
 * Open-loop pacing over autocannon's connections: one send is due every `1 / ratePerSecond`, whether or not
 * earlier ones were answered, and its latency counts from when it was due. A server that stalls is charged
 * for every request that should have been sent meanwhile (no coordinated omission).
 *
 * autocannon's own `overallRate` sends each connection's share of a second in one burst and then rests until
 * the next tick, and its correction assumes an expected interval of 1 ms whatever the rate, so it is not used.
 */
export interface EvenPace {
  /** Puts a client under this pace; call in setupClient, before its first send. */
  take(client: Client): void
  /** Nothing more becomes due; what is due is still sent. */
  stop(): void
}

/** How long after stop() what was due is still sent. */
export const DRAIN_MS = 2000

/** @param onLatency milliseconds from when the request was due, with its status, and when it was due (performance.now) */
export function startEvenPace(ratePerSecond: number, onLatency: (latencyMs: number, status: number, dueAtMs: number) => void): EvenPace {
  const intervalMs = 1000 / ratePerSecond
  const idle: (() => void)[] = []
  const waiting: number[] = []
  const startMs = performance.now()
  let due = 0
  let lastMs = Infinity
  const dispatch = () => {
    const nowMs = Math.min(performance.now(), lastMs)
    for (; startMs + due * intervalMs <= nowMs; due++) waiting.push(startMs + due * intervalMs)
    while (waiting.length > 0 && idle.length > 0) idle.shift()!()
  }
  const timer = setInterval(dispatch, 1)
  return {
    take: (client) => {
      const sendNow = client._doRequest.bind(client)
      let dueAtMs = startMs
      const send = () => {
        dueAtMs = waiting.shift()!
        sendNow()
      }
      client._doRequest = () => {
        if (waiting.length > 0 && idle.length === 0) send()
        else idle.push(send)
      }
      client.on('response', (status: number) => onLatency(performance.now() - dueAtMs, status, dueAtMs))
    },
    stop: () => {
      lastMs = performance.now()
      setTimeout(() => clearInterval(timer), DRAIN_MS).unref()
    },
  }
}
