import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock, systemRandom, type Clock } from '../../../domain/clock.ts'
import { withTrace } from '../../platform/trace-context.ts'
import { CoreAnswerError, CoreGoneError, CoreRefusedError, CoreUnavailableError } from '../core-errors.ts'
import type { CoreCall, CoreSystem } from '../core-system.ts'
import { RestCoreSystem } from './rest-core-system.ts'

type Answering = (request: IncomingMessage, response: ServerResponse, count: number) => void

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

/** The adapter before a server that answers as told; `asked` fills with method and path of every request. */
async function coreThat(answering: Answering, options: { timeoutMs?: number; production?: boolean; clock?: Clock } = {}) {
  const asked: IncomingMessage[] = []
  const server = createServer((request, response) => {
    asked.push(request)
    request.resume().on('end', () => answering(request, response, asked.length))
  })
  return { asked, core: connect(await listen(server), options) }
}

async function listen(server: Server | TcpServer): Promise<URL> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push(() => {
    if ('closeAllConnections' in server) server.closeAllConnections()
    server.close()
  })
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/core/v1/`)
}

function connect(url: URL, options: { timeoutMs?: number; production?: boolean; clock?: Clock } = {}): CoreSystem {
  const core = new RestCoreSystem({ url, token: 'a-token-of-the-core', tls: {}, timeoutMs: 5_000, production: false, clock: systemClock, random: { ...systemRandom, fraction: () => 0 }, ...options })
  open.push(() => core.close())
  return core
}

const json = (response: ServerResponse, status: number, value: unknown, headers: Record<string, string> = {}) =>
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(typeof value === 'string' ? value : JSON.stringify(value))
const problem = (response: ServerResponse, status: number, title: string) => json(response, status, { title }, { 'content-type': 'application/problem+json' })
const call = (deadlineMs?: number): CoreCall => ({ signal: new AbortController().signal, ...(deadlineMs !== undefined && { deadlineMs }) })
const delivery = { id: '01980f6e-7a4c-7cc3-98d5-0a1b2c3d4e5f', reportId: '01980f6e-7a4c-7cc3-98d5-0a1b2c3d4e5f', kind: 'report', body: Buffer.from('{"a":1}') } as const
const failure = async (promise: Promise<unknown>): Promise<unknown> => promise.then((value) => expect.fail(`resolved with ${JSON.stringify(value)}`), (error: unknown) => error)
const snapshot = { snapshotId: 's1', accounts: 2, digest: 'ab'.repeat(32), asOf: '2026-01-31T04:05:06.789Z', changesFrom: 'c1' }

describe('RestCoreSystem @core', () => {
  it('asks under the base path with token, trace and tag, and reuses its connection', async () => {
    const ports = new Set<number>()
    const { core, asked } = await coreThat((request, response) => {
      ports.add(request.socket.remotePort!)
      if (request.headers['if-none-match'] === '"s1"') response.writeHead(304).end()
      else json(response, 200, snapshot, { etag: '"s1"' })
    })
    const told = await withTrace(undefined, () => core.snapshot(null, call()))
    expect(told).toEqual({ ...snapshot, etag: '"s1"' })
    expect(await core.snapshot(told as { etag: string }, call())).toBe('unchanged')
    expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual(['GET /core/v1/account-snapshot', 'GET /core/v1/account-snapshot'])
    expect(asked[0]!.headers).toMatchObject({ authorization: 'Bearer a-token-of-the-core', accept: 'application/json', traceparent: expect.stringMatching(/^00-/) as string })
    for (let times = 0; times < 10; times++) await core.snapshot({ etag: '"s1"' }, call())
    // One that has just answered may count as busy for a moment longer.
    expect(ports.size).toBeLessThanOrEqual(2)
  })

  it('hands rows on as they came, a wrong one among them too', async () => {
    const rows = [{ accountNumber: '1' }, 'not a row', null]
    const { core, asked } = await coreThat((request, response) => {
      if (request.url!.includes('account-changes')) json(response, 200, { changes: rows.map((account) => ({ type: 'upsert', account })), next: 'c2', more: false })
      else json(response, 200, { rows, next: 'p 2&' })
    })
    expect(await core.snapshotPage('s/1', 'p 1&', 3, call())).toEqual({ rows, next: 'p 2&' })
    expect(asked[0]!.url).toBe('/core/v1/account-snapshot/s%2F1/accounts?limit=3&after=p+1%26')
    expect(await core.accountChanges('c1', 3, null, call())).toMatchObject({ changes: [{}, { account: 'not a row' }, { account: null }], etag: '' })
  })

  it('tells an account that is not there from an address that is not', async () => {
    const { core } = await coreThat((request, response) => {
      if (request.url!.endsWith('/7')) problem(response, 404, 'No such account')
      else if (request.url!.endsWith('/8')) response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not here</h1>')
      else json(response, 200, { accountNumber: decodeURIComponent(request.url!.split('/').at(-1)!) })
    })
    expect(await core.account('41 / 1', call())).toEqual({ accountNumber: '41 / 1' })
    expect(await core.account('7', call())).toBeNull()
    expect(await failure(core.account('8', call()))).toBeInstanceOf(CoreAnswerError)
    expect(await core.account('..', call())).toBeNull()
  })

  it('sends a delivery’s own bytes, and knows a repeat from a conflict and a refusal', async () => {
    const bodies: string[] = []
    const { core, asked } = await coreThat((request, response, count) => {
      bodies.push(String(request.headers['content-length']))
      if (count <= 2) json(response, count === 1 ? 201 : 200, { reference: 'OMS-1' })
      else if (count === 3) problem(response, 409, 'Another body')
      else problem(response, 422, 'No such premise')
    })
    expect(await core.deliverReport(delivery, call())).toEqual({ reference: 'OMS-1', repeated: false })
    expect(await core.deliverReport({ ...delivery, id: 'f', kind: 'follow-up' }, call())).toEqual({ reference: 'OMS-1', repeated: true })
    expect(await failure(core.deliverReport(delivery, call()))).toMatchObject({ name: 'CoreRefusedError', status: 409, reason: 'Another body' })
    const payment = { paymentId: 'p', accountNumber: '1', amountCents: 5, currency: 'USD', capturedAt: '2026-01-31T04:05:06.789Z' }
    expect(await failure(core.deliverPayment(payment, call()))).toMatchObject({ name: 'CoreRefusedError', status: 422, reason: 'No such premise' })
    expect(asked.map(({ url }) => url!.slice('/core/v1'.length))).toEqual([
      `/outage-reports/${delivery.id}`, `/outage-reports/${delivery.id}/follow-ups/f`, `/outage-reports/${delivery.id}`, '/payments/p',
    ])
    expect(bodies[0]).toBe('7')
  })
})

describe('RestCoreSystem before a core system in trouble @core', () => {
  it.each([
    ['a maintenance page with 200', (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Back at 6</h1>')],
    ['JSON that calls itself HTML', (response) => json(response, 200, snapshot, { 'content-type': 'text/html' })],
    ['broken JSON', (response) => json(response, 200, JSON.stringify(snapshot).slice(0, -5))],
    ['another schema', (response) => json(response, 200, { ...snapshot, accounts: 'many' })],
    ['nothing at all', (response) => json(response, 200, '')],
    ['something else than UTF-8', (response) => response.writeHead(200, { 'content-type': 'application/json' }).end(Buffer.from(JSON.stringify({ ...snapshot, changesFrom: '\xe9' }), 'latin1'))],
    ['a packed answer', (response) => json(response, 200, snapshot, { 'content-encoding': 'gzip' })],
    ['204 and no body', (response) => response.writeHead(204).end()],
    ['304 that was not asked for', (response) => response.writeHead(304).end()],
    ['a redirect to elsewhere', (response) => response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end()],
    ['a gateway’s 404 in HTML', (response) => response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not Found</h1>')],
  ] satisfies [string, (response: ServerResponse) => unknown][])('takes %s for no answer of the core system', async (_, answer) => {
    const { core, asked } = await coreThat((_, response) => answer(response))
    expect(await failure(core.snapshot(null, call()))).toBeInstanceOf(CoreAnswerError)
    expect(asked).toHaveLength(1)
  })

  it('reads no more of an answer than one can be', async () => {
    let written = 0
    const { core } = await coreThat((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, ' '))) written += 65_536
      }
      response.on('drain', more)
      more()
    })
    expect(await failure(core.account('1', call()))).toBeInstanceOf(CoreAnswerError)
    expect(written).toBeLessThan(32 * 1_048_576)
  })

  it('follows no page that leads back to itself, and takes no more rows than it asked for', async () => {
    const { core } = await coreThat((request, response) => {
      if (request.url!.includes('account-changes')) json(response, 200, { changes: [{ type: 'closed', accountNumber: '1' }], next: 'c1', more: true })
      else json(response, 200, { rows: [1, 2], next: 'p1' })
    })
    expect(await failure(core.snapshotPage('s', 'p1', 5, call()))).toBeInstanceOf(CoreAnswerError)
    expect(await failure(core.snapshotPage('s', 'p0', 1, call()))).toBeInstanceOf(CoreAnswerError)
    expect(await core.snapshotPage('s', 'p0', 2, call())).toMatchObject({ next: 'p1' })
    expect(await failure(core.accountChanges('c1', 5, null, call()))).toBeInstanceOf(CoreAnswerError)
  })

  it.each([[401, false], [403, false], [408, false], [429, true], [500, false], [503, false]])('takes %i for passing', async (status, throttled) => {
    const { core } = await coreThat((_, response) => problem(response, status, 'Not now'))
    expect(await failure(core.deliverReport(delivery, call()))).toMatchObject({ name: 'CoreUnavailableError', kind: `http-${status}`, throttled })
  })

  it('obeys Retry-After in seconds and as a date, without a try of its own in between', async () => {
    const nowMs = Date.parse('2026-01-31T04:00:00Z')
    const values = ['7', 'Sat, 31 Jan 2026 04:00:30 GMT', 'Fri, 30 Jan 2026 04:00:00 GMT', 'soon', '999999999', '-5']
    const clock = { ...systemClock, nowMs: () => nowMs }
    const { core, asked } = await coreThat((_, response, count) => response.writeHead(count === 1 ? 429 : 503, { 'retry-after': values[count - 1]! }).end('busy'), { clock })
    const waits: unknown[] = []
    for (const value of values.slice(0, 3)) waits.push(((await failure(core.snapshot(null, call()))) as CoreUnavailableError).retryAfterMs ?? value)
    expect(waits).toEqual([7_000, 30_000, 0])
    expect(asked).toHaveLength(3)
    // Not understood: tried again at once, as any 503 without it.
    expect(await failure(core.snapshot(null, call()))).toMatchObject({ retryAfterMs: 600_000 })
    expect(asked).toHaveLength(5)
  })

  it('calls a snapshot or cursor gone only when the core system says so itself', async () => {
    const { core } = await coreThat((request, response) => {
      if (request.url!.includes('account-changes')) problem(response, 410, 'Too old')
      else response.writeHead(410, { 'content-type': 'text/html' }).end('<h1>Gone</h1>')
    })
    expect(await failure(core.accountChanges('c', 5, null, call()))).toBeInstanceOf(CoreGoneError)
    expect(await failure(core.snapshotPage('s', null, 5, call()))).toBeInstanceOf(CoreAnswerError)
  })

  it('tries once more when a connection is lost or a machine fails, and no more often than a tenth of the calls', async () => {
    const { core, asked } = await coreThat((request, response, count) => {
      if (count === 1) request.socket.resetAndDestroy()
      else if (count === 3) response.writeHead(502).end()
      else if (count <= 4) json(response, 201, { reference: 'OMS-1' })
      else request.socket.resetAndDestroy()
    })
    expect(await core.deliverReport(delivery, call())).toMatchObject({ reference: 'OMS-1' })
    expect(await core.deliverReport(delivery, call())).toMatchObject({ reference: 'OMS-1' })
    expect(asked).toHaveLength(4)
    for (let attempt = 0; attempt < 40; attempt++) expect(await failure(core.deliverReport(delivery, call()))).toBeInstanceOf(CoreUnavailableError)
    expect(asked.length - 4 - 40).toBeLessThanOrEqual(12)
    expect(asked.length - 4 - 40).toBeGreaterThanOrEqual(10)
  })

  it.each([
    ['never answers', () => undefined],
    ['stops in the middle of a body', (response) => response.writeHead(200, { 'content-type': 'application/json' }).write('{"snapshotId":')],
    ['trickles', (response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const drip = setInterval(() => response.write(' '), 10)
      response.on('close', () => clearInterval(drip))
    }],
  ] satisfies [string, (response: ServerResponse) => unknown][])('gives up at the deadline when it %s, and is gone at once when the caller is', async (_, answer) => {
    const { core, asked } = await coreThat((_, response) => { answer(response) })
    const begunMs = performance.now()
    expect(await failure(core.snapshot(null, call(100)))).toMatchObject({ name: 'CoreUnavailableError', kind: 'time-out' })
    expect(performance.now() - begunMs).toBeLessThan(2_000)
    const caller = new AbortController()
    const waiting = failure(core.snapshot(null, { signal: caller.signal }))
    await expect.poll(() => asked.length).toBe(2)
    const reason = new Error('no longer wanted')
    caller.abort(reason)
    expect(await waiting).toBe(reason)
    expect(await failure(core.snapshot(null, { signal: caller.signal }))).toBe(reason)
    expect(await failure(core.snapshot(null, call(0)))).toMatchObject({ kind: 'time-out' })
    expect(asked).toHaveLength(2)
  })

  it('has its own time-out when the caller has all the time', async () => {
    const { core } = await coreThat(() => undefined, { timeoutMs: 60 })
    expect(await failure(core.snapshot(null, call(60_000)))).toMatchObject({ kind: 'time-out' })
  })

  it('gives up at the deadline when a connection is never made', async () => {
    const silent = await listen(createTcpServer((socket) => socket.on('error', () => undefined).resume()))
    const core = connect(new URL(`https://127.0.0.1:${silent.port}/`))
    const begunMs = performance.now()
    expect(await failure(core.snapshot(null, call(100)))).toMatchObject({ kind: 'time-out' })
    expect(performance.now() - begunMs).toBeLessThan(2_000)
  })

  it('answers whatever bytes come back with an answer or an error of its own, in time', async () => {
    const body = JSON.stringify(snapshot)
    const good = Buffer.from(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\netag: "s1"\r\ncontent-length: ${body.length}\r\n\r\n${body}`)
    let state = 7
    const below = (most: number) => (state = (state * 48_271) % 2_147_483_647) % most
    const spoil: ((bytes: Buffer) => Buffer)[] = [
      (bytes) => bytes.subarray(0, below(bytes.length)),
      (bytes) => Buffer.concat([bytes.subarray(0, below(bytes.length)), Buffer.from([below(256), below(256)]), bytes.subarray(below(bytes.length))]),
      (bytes) => bytes.map((byte) => (below(40) === 0 ? below(256) : byte)) as Buffer,
      (bytes) => Buffer.concat([bytes, bytes]),
      (bytes) => Buffer.from(bytes.toString().replace(/\d+/g, (digits) => (below(3) === 0 ? '9'.repeat(1 + below(20)) : digits))),
    ]
    const tcp = createTcpServer((socket) => {
      socket.on('error', () => undefined).once('data', () => {
        socket.write(Buffer.from(spoil[below(spoil.length)]!(good)))
        if (below(3) === 0) socket.resetAndDestroy()
        else socket.end()
      })
    })
    const core = connect(new URL(`http://127.0.0.1:${(await listen(tcp)).port}/`))
    const outcomes = new Map<string, number>()
    for (let round = 0; round < 150; round++) {
      const outcome = await core.snapshot(null, call(1_000)).then((told) => (told === 'unchanged' ? 'unchanged' : 'snapshot'), (error: Error) => error.name)
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    }
    expect([...outcomes.keys()].sort()).toEqual(['CoreAnswerError', 'CoreUnavailableError', 'snapshot'])
  })

  it('names a connection that is refused, and TLS that is none', async () => {
    const tcp = createTcpServer((socket) => socket.end('hello\r\n'))
    const url = await listen(tcp)
    expect(await failure(connect(new URL(`https://127.0.0.1:${url.port}/`)).snapshot(null, call()))).toMatchObject({ kind: expect.stringMatching(/^ERR_SSL_/) as string, message: expect.stringContaining('TLS') as string })
    const closed = createTcpServer()
    const refusing = await listen(closed)
    await new Promise((resolve) => closed.close(resolve))
    expect(await failure(connect(refusing).snapshot(null, call()))).toMatchObject({ name: 'CoreUnavailableError', kind: 'ECONNREFUSED' })
  })

  it('ends calls under way when it is closed', async () => {
    const { core, asked } = await coreThat(() => undefined)
    const waiting = failure(core.snapshot(null, call()))
    await expect.poll(() => asked.length).toBe(1)
    await core.close()
    expect(await waiting).toMatchObject({ name: 'CoreUnavailableError', kind: 'closed' })
  })

  it('believes no stand-in in production', async () => {
    const standIn: Answering = (_, response) => json(response, 201, { reference: 'SIM-1' }, { 'x-core-sim': '1' })
    expect(await (await coreThat(standIn)).core.deliverReport(delivery, call())).toMatchObject({ reference: 'SIM-1' })
    const error = await failure((await coreThat(standIn, { production: true })).core.deliverReport(delivery, call()))
    expect(error).toBeInstanceOf(CoreRefusedError)
    expect(error).toMatchObject({ status: 0, reason: expect.stringContaining('stand-in') as string })
  })
})
