import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readEnvironment } from './environment.ts'
import { metrics, startMetrics } from './metrics.ts'
import { ownershipStatus, type OwnershipStatus } from './ownership-status.ts'

/** What `GET /status` answers. */
export interface ProcessStatus extends OwnershipStatus {
  process: string
  /** STORMDOOR_NODE */
  node: string
  ready: boolean
}

export interface AdminServer {
  /** The loopback port that was bound. */
  port: number
  close(): Promise<void>
}

/**
 * `/metrics`, `/livez`, `/readyz` and `/status` (ProcessStatus) of one process, on loopback only.
 * @param port 0 for a free one
 * @param ready what must hold before work is sent here; a thrown error is "not ready" with its message
 */
export async function startAdminServer(processName: string, port: number, ready: () => Promise<void> | void): Promise<AdminServer> {
  startMetrics(processName)
  const { STORMDOOR_NODE: node } = readEnvironment(['STORMDOOR_NODE'])
  const server = createServer((request, response) => {
    void answer(request.url ?? '/', ready, { process: processName, node }).then(([status, type, body]) => {
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

async function answer(url: string, ready: () => Promise<void> | void, name: Pick<ProcessStatus, 'process' | 'node'>): Promise<[number, string, string]> {
  if (url === '/livez') return [200, 'text/plain', 'ok\n']
  if (url === '/metrics') return [200, metrics.contentType, await metrics.metrics()]
  if (url !== '/readyz' && url !== '/status') return [404, 'text/plain', 'not found\n']
  const reason = await notReady(ready)
  if (url === '/status') return [200, 'application/json', JSON.stringify({ ...name, ready: reason === null, ...ownershipStatus() } satisfies ProcessStatus)]
  return reason === null ? [200, 'text/plain', 'ready\n'] : [503, 'text/plain', `not ready: ${reason}\n`]
}

/** Null when it is ready. */
async function notReady(ready: () => Promise<void> | void): Promise<string | null> {
  try {
    await ready()
    return null
  } catch (error) {
    return error instanceof Error ? error.message : 'unknown'
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve())
  })
}
