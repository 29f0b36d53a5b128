import { createServer, type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Portal } from './portal.ts'

/** A request as it came, whole. */
export interface Sent {
  method: string
  path: string
  headers: IncomingHttpHeaders
  body: Buffer
  /** When it had come, by the monotonic clock. */
  atMs: number
}

/** What the browser is given. */
export interface Given {
  status: number
  headers?: OutgoingHttpHeaders
  body?: string | Buffer
}

/** Asks the door, with the request as it came or changed, as often as one likes. */
export type Onward = (changed?: Partial<Pick<Sent, 'headers' | 'body'>>) => Promise<Given>

/** What stands between does with a request; null: it passes as if nothing stood there. */
export type Rule = (sent: Sent, onward: Onward) => Given | null | Promise<Given | null>

export interface Gateway {
  /** Every report that a phone has sent here, in order. */
  reports: readonly Sent[]
}

export function isReport({ method, path }: Pick<Sent, 'method' | 'path'>): boolean {
  return method === 'POST' && path === '/api/v1/outage-reports'
}

/** All requests of the browser meet `rule` until the journey ends, or leads its network elsewhere. */
export async function behindGateway(portal: Portal, rule: Rule, journey: (gateway: Gateway) => Promise<void>): Promise<void> {
  const doorPort = Number(new URL(portal.stack.url).port)
  const reports: Sent[] = []
  const server = createServer((incoming, answer) => {
    void serve(incoming, answer, doorPort, rule, reports).catch(() => incoming.socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  portal.network.leadTo((server.address() as AddressInfo).port)
  try {
    await journey({ reports })
  } finally {
    portal.network.leadTo()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}

async function serve(incoming: IncomingMessage, answer: ServerResponse, doorPort: number, rule: Rule, reports: Sent[]): Promise<void> {
  const { method = 'GET', url: path = '/', headers } = incoming
  const body = await whole(incoming)
  const sent: Sent = { method, path, headers, body, atMs: performance.now() }
  if (isReport(sent)) reports.push(sent)
  const given = await rule(sent, async (changed) => {
    const response = await ask(doorPort, { ...sent, ...changed })
    return { status: response.statusCode!, headers: response.headers, body: await whole(response) }
  })
  if (given) {
    const { 'transfer-encoding': _framing, connection: _connection, ...kept } = given.headers ?? {}
    answer.writeHead(given.status, { ...kept, 'content-length': Buffer.byteLength(given.body ?? '') }).end(given.body)
  } else {
    const response = await ask(doorPort, sent)
    answer.writeHead(response.statusCode!, response.headers)
    response.pipe(answer)
  }
}

function ask(port: number, { method, path, headers, body }: Sent): Promise<IncomingMessage> {
  const framed = body.length > 0 ? { ...headers, 'content-length': String(body.length) } : headers
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, method, path, headers: framed }, resolve).on('error', reject).end(body)
  })
}

async function whole(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
