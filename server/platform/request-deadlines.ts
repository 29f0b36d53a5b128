import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'
import { enterDeadline } from './deadline.ts'

const START = 'http.server.request.start'

/**
 * Gives each request of the HTTP server that listens on `port` a deadline, whoever made that server: a page is put together by
 * many parts that know nothing of each other, and Node tells of the request before any of them runs.
 * @returns ends it
 */
export function startRequestDeadlines(port: number, durationMs: number): () => void {
  const start = (message: unknown) => {
    const { request } = message as { request: IncomingMessage }
    if (request.socket.localPort === port) enterDeadline(durationMs)
  }
  subscribe(START, start)
  return () => unsubscribe(START, start)
}
