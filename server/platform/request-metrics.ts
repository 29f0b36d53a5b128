import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { histogram } from './metrics.ts'

const START = 'http.server.request.start'
const FINISH = 'http.server.response.finish'

const requestSeconds = histogram('stormdoor_request_seconds', 'From the head of a request to the end of its answer', ['method', 'route', 'status'])

interface Exchange {
  request: IncomingMessage
  response: ServerResponse
}

/**
 * Times each answer of the HTTP server that listens on `port`, whoever made that server: Node itself tells of them.
 * An answer that its reader left is not counted.
 * @param routeOf a pattern for a path: one of few, never the path itself
 * @returns ends it
 */
export function startRequestMetrics(port: number, routeOf: (path: string) => string): () => void {
  const begun = new WeakMap<IncomingMessage, number>()
  const start = (message: unknown) => {
    const { request } = message as Exchange
    if (request.socket.localPort === port) begun.set(request, performance.now())
  }
  const finish = (message: unknown) => {
    const { request, response } = message as Exchange
    const beganMs = begun.get(request)
    if (beganMs === undefined) return
    const labels = { method: request.method ?? '', route: routeOf(request.url?.split('?', 1)[0] ?? '/'), status: String(response.statusCode) }
    requestSeconds.observe(labels, (performance.now() - beganMs) / 1000)
  }
  subscribe(START, start)
  subscribe(FINISH, finish)
  return () => {
    unsubscribe(START, start)
    unsubscribe(FINISH, finish)
  }
}
