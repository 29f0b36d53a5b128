import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { vi } from 'vitest'
import { describeTransport, type Reached, type Reaction, type TransportUnderTest } from './conformance-transport.ts'
import { httpTransport } from './http-transport.ts'
import { simulatedNetwork } from './simulation/simulated-network.fixture.ts'

const KEYS_PATH = '/.well-known/jwks.json'

async function realServer(): Promise<TransportUnderTest> {
  const reached: Reached[] = []
  let reaction: Reaction = 'hang'
  const server = createServer((request, response) => void react(request, response))
  async function react(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const expected = request.url === KEYS_PATH ? 'GET' : 'POST'
    if (request.method !== expected) return void response.writeHead(405).end()
    reached.push({ path: request.url!, body: await buffer(request), headers: request.headers as Record<string, string> })
    if (reaction === 'hang') return
    if (reaction === 'cut') return void request.socket.destroy()
    if (reaction === 'cut-within-body') return void response.writeHead(200, { 'content-length': 100 }).write('{"rec', () => request.socket.destroy())
    response.writeHead(reaction.status, reaction.headers).end(reaction.text)
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  // A page's paths are relative to its origin; Node has none.
  const { fetch } = globalThis
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => fetch(new URL(path, origin), init))
  return {
    transport: httpTransport,
    reached,
    reactWith: (next) => void (reaction = next),
    async end() {
      vi.unstubAllGlobals()
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

describeTransport('fetch, against a real server', realServer)
describeTransport("the simulation's network", simulatedNetwork)
