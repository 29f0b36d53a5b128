import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { metrics, startMetrics } from './metrics.ts'

export interface AdminServer {
  /** The loopback port that was bound. */
  port: number
  close(): Promise<void>
}

/**
 * `/metrics`, `/livez` and `/readyz` of one process, on loopback only.
 * @param port 0 for a free one
 * @param ready what must hold before work is sent here; a thrown error is "not ready" with its message
 */
export async function startAdminServer(processName: string, port: number, ready: () => Promise<void> | void): Promise<AdminServer> {
  startMetrics(processName)
  const server = createServer((request, response) => {
    void answer(request.url ?? '/', ready).then(([status, type, body]) => {
      response.writeHead(status, { 'content-type': type }).end(body)
    })
  })
  await listen(server, port)
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(url: string, ready: () => Promise<void> | void): Promise<[number, string, string]> {
  if (url === '/livez') return [200, 'text/plain', 'ok\n']
  if (url === '/metrics') return [200, metrics.contentType, await metrics.metrics()]
  if (url !== '/readyz') return [404, 'text/plain', 'not found\n']
  try {
    await ready()
    return [200, 'text/plain', 'ready\n']
  } catch (error) {
    return [503, 'text/plain', `not ready: ${error instanceof Error ? error.message : 'unknown'}\n`]
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve())
  })
}
