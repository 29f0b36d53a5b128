import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SEARCH_CHARS } from '../../domain/account-search.ts'
import { histogram } from '../platform/metrics.ts'
import type { RunningSearch } from './account-search.ts'
import { isSearchToken } from './search-token.ts'

const seconds = histogram('stormdoor_search_seconds', 'Of a question, from its body to its answer')
/** Of UTF-8. */
const MOST_BYTES = SEARCH_CHARS * 4

export interface SearchServer {
  port: number
  close(): Promise<void>
}

/** `POST /search` on loopback: what was typed is the body, as text; the answer is a SearchAnswer. @param port 0 for a free one */
export async function startSearchServer(search: Pick<RunningSearch, 'ask'>, port: number, sessionSecret: string): Promise<SearchServer> {
  const server = createServer((request, response) => void answer(request, response, search, sessionSecret))
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

async function answer(request: IncomingMessage, response: ServerResponse, search: Pick<RunningSearch, 'ask'>, sessionSecret: string): Promise<void> {
  const say = (status: number, body: string) => response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(body)
  if (!isSearchToken(/^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '', sessionSecret)) return void say(401, '{}')
  if (request.method !== 'POST' || request.url !== '/search') return void say(404, '{}')
  const typed = await bodyOf(request).catch(() => null)
  if (typed === null) return void say(413, '{}')
  const began = seconds.startTimer()
  say(200, JSON.stringify(search.ask(typed)))
  began()
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > MOST_BYTES) throw new Error('More was sent than is typed')
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve())
  })
}
