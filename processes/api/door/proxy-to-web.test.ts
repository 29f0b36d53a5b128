import { Agent, createServer, get, type IncomingMessage, type RequestOptions, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../domain/clock.ts'
import { openDoor, type TestDoor } from './door-fixture.ts'

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void

let web: Server
let door: TestDoor
let answer: Answer

async function startWeb(answerTo: Answer, port = 0): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => void chunks.push(chunk))
    request.on('end', () => answerTo(request, response, Buffer.concat(chunks).toString()))
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return server
}
async function stopWeb(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
}
const portOf = (server: Server) => (server.address() as AddressInfo).port
const firstWords = (url: string, options: RequestOptions) =>
  new Promise<string>((resolve, reject) => void get(url, options, (response) => void response.once('data', (words: Buffer) => resolve(words.toString())).on('error', () => {})).on('error', reject))
const urlOf = (server: Server) => `http://127.0.0.1:${portOf(server)}`

beforeEach(async () => {
  web = await startWeb((request, response, body) => answer(request, response, body))
  door = await openDoor({ webUrls: [urlOf(web)] })
})
afterEach(async () => {
  await door.close()
  await stopWeb(web)
})

describe('pages of the web process @door', () => {
  it('are asked for with who asks, whatever the client claims, under one trace', async () => {
    let seen: IncomingMessage | undefined
    answer = (request, response) => {
      seen = request
      response.writeHead(200, { 'content-security-policy': "default-src 'self'", 'x-own': '1' }).end('page')
    }
    const traceId = '0af7651916cd43dd8448eb211c80319c'
    const response = await fetch(`${door.url}/desk?a=1`, {
      headers: { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', traceparent: `00-${traceId}-b7ad6b7169203331-01` },
    })
    expect(await response.text()).toBe('page')
    expect(seen!.url).toBe('/desk?a=1')
    expect(seen!.headers).toMatchObject({ 'x-forwarded-for': '127.0.0.1', 'x-forwarded-host': new URL(door.url).host, 'x-forwarded-proto': 'http' })
    expect(seen!.headers['traceparent']).toContain(traceId)
    expect(response.headers.get('content-security-policy')).toBe("default-src 'self'")
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(response.headers.get('x-own')).toBe('1')
    expect(response.headers.get('keep-alive'), "the web process's own").toBe('timeout=65')
  })

  it('are there while more people watch the desk than there are connections for pages', { timeout: 60_000 }, async () => {
    const [watching, agent] = [150, new Agent({ maxSockets: Infinity })]
    answer = (request, response) => void (request.url === '/desk/stream?from=1' ? response.write(`${request.headers['cookie']}\n`) : response.end('page'))
    const told = Array.from({ length: watching }, (_, number) => firstWords(`${door.url}/desk/stream?from=1`, { agent, headers: { cookie: `watcher=${number}` } }))
    expect(await Promise.all(told)).toEqual(Array.from({ length: watching }, (_, number) => `watcher=${number}\n`))
    expect(await (await fetch(`${door.url}/en/account`)).text()).toBe('page')
    agent.destroy()
  })

  it('have a policy whatever Next forgot, and what is no address is refused with the headers of every answer', async () => {
    answer = (_request, response) => response.writeHead(404, { 'content-type': 'text/html; charset=utf-8' }).end('<script>1</script>')
    const policy = (await fetch(`${door.url}/icons/other.svg`)).headers.get('content-security-policy')
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).toContain("script-src 'self';")
    for (const path of ['/desk/reports/..%2F..%2Fdesk', '/desk/accounts/%E0%A4%A']) {
      const { status, headers } = await fetch(door.url + path)
      expect([path, status, headers.get('x-content-type-options')]).toEqual([path, 400, 'nosniff'])
    }
  })

  it('get the posts of server actions byte for byte, with their type', async () => {
    answer = (request, response, body) => response.end(`${request.method} ${request.headers['content-type']} ${body}`)
    for (const type of ['text/plain;charset=UTF-8', 'application/json', 'multipart/form-data; boundary=x', 'application/x-www-form-urlencoded']) {
      const response = await fetch(`${door.url}/desk`, { method: 'POST', headers: { 'content-type': type }, body: '["ñ"]' })
      expect(await response.text()).toBe(`POST ${type} ["ñ"]`)
    }
  })

  it('stream: an event is there before the answer ends', async () => {
    let end = () => {}
    answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('data: one\n\n')
      end = () => response.end('data: two\n\n')
    }
    const response = await fetch(`${door.url}/desk/stream`)
    const reader = response.body!.getReader()
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('data: one\n\n')
    end()
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('data: two\n\n')
  })

  it('that answer 503 are asked once', async () => {
    let asked = 0
    answer = (_request, response) => {
      asked++
      response.writeHead(503).end()
    }
    expect((await fetch(`${door.url}/desk`)).status).toBe(503)
    expect(asked).toBe(1)
  })
})

describe('a dead web process @door', () => {
  it('leaves a page that helps, in both languages, the visitor\'s first', async () => {
    const dead = await openDoor()
    const response = await fetch(`${dead.url}/desk`, { headers: { accept: 'text/html,*/*', 'accept-language': 'es' } })
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('15')
    expect(response.headers.get('content-security-policy')).not.toContain('unsafe-inline')
    const html = await response.text()
    expect(html).toContain('<html lang="es">')
    expect(html.indexOf('href="/es/report"')).toBeLessThan(html.indexOf('href="/en/report"'))
    expect(html).toContain('href="tel:911"')
    await dead.close()
  })

  it('leaves a problem to programs, and to what was cut off in between', async () => {
    const dead = await openDoor()
    const response = await fetch(`${dead.url}/desk/stream`, { headers: { accept: 'text/event-stream' } })
    expect([response.status, response.headers.get('content-type')]).toEqual([503, 'application/problem+json'])
    expect(await response.json()).toMatchObject({ type: 'urn:stormdoor:problem:web-down', retryAfterSeconds: 15 })
    await dead.close()
    answer = (request) => void request.socket.destroy()
    expect((await fetch(`${door.url}/desk`)).status).toBe(503)
  })
})

describe('several web processes @door @nodes', () => {
  it('the first one is asked; while it is dead the other is, whatever the method, and the body is whole', async () => {
    let now = 0
    const clock = { ...systemClock, monotonicMs: () => now }
    const other = await startWeb((request, response, body) => response.end(`other ${request.method} ${body.length}`))
    answer = (request, response, body) => response.end(`own ${request.method} ${body.length}`)
    const several = await openDoor({ webUrls: [urlOf(web), urlOf(other)], clock })
    const body = 'x'.repeat(300_000)
    const ask = async (init?: RequestInit) => (await fetch(`${several.url}/desk`, init)).text()
    expect([await ask(), await ask({ method: 'POST', body })]).toEqual(['own GET 0', 'own POST 300000'])
    const port = portOf(web)
    await stopWeb(web)
    for (let round = 0; round < 5; round++) expect([await ask({ method: 'POST', body }), await ask()]).toEqual(['other POST 300000', 'other GET 0'])

    web = await startWeb((_request, response) => response.end('own again'), port)
    other.closeAllConnections()
    expect(await ask(), 'passed over for a moment').toBe('other GET 0')
    now += 2_000
    other.closeAllConnections()
    expect(await ask()).toBe('own again')

    await stopWeb(web)
    expect(await ask()).toBe('other GET 0')
    web = await startWeb((_request, response) => response.end('the only one'), port)
    await stopWeb(other)
    expect(await ask(), 'passed over, but nobody else is there').toBe('the only one')
    await several.close()
  })

  it('a page asked of one that dies is asked of another; what was posted to it is not', async () => {
    const other = await startWeb((_request, response) => response.end('other'))
    answer = (request) => {
      request.socket.destroy()
      void stopWeb(web)
    }
    const several = await openDoor({ webUrls: [urlOf(web), urlOf(other)] })
    const page = await fetch(`${several.url}/desk`)
    expect([page.status, await page.text()]).toEqual([200, 'other'])
    web = await startWeb((request, response, body) => answer(request, response, body))
    const posts = await openDoor({ webUrls: [urlOf(web), urlOf(other)] })
    expect((await fetch(`${posts.url}/desk`, { method: 'POST', body: 'once' })).status).toBe(503)
    await Promise.all([several.close(), posts.close(), stopWeb(other)])
  })
})
