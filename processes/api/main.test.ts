import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, describe, expect, it } from 'vitest'
import { Redis } from 'ioredis'
import { demoCustomers } from '../../bin/demo/demo-customers.ts'
import { freshRedis } from '../../bin/test-support/fresh-redis.ts'
import { temporaryFolder } from '../../bin/test-support/temporary-folder.ts'
import { systemClock } from '../../domain/clock.ts'
import type { AccountsLookedUp } from '../../domain/event.ts'
import { putAccounts } from '../../server/accounts/account-cache.ts'
import { signStaffToken } from '../../server/identity/staff-token.ts'
import { bytesOf, someReport, someSecret } from '../../server/outages/report-fixture.ts'
import { openEventLog } from '../../server/platform/event-log/open-event-log.ts'
import { generateSigningKeys, parseSigningKeys } from '../../server/platform/signing-keys.ts'
import { send } from './door/door-fixture.ts'

interface Api {
  child: ChildProcess
  url: string
  admin: string
  output(): string
  ended: Promise<number | null>
}

const started: ChildProcess[] = []
afterEach(() => {
  for (const child of started.splice(0)) if (child.exitCode === null) child.kill('SIGKILL')
})

/** The process itself, as the supervisor runs it; Postgres, Redis and web are addresses where nobody listens. */
async function startApi(logPath: string, changes: Record<string, string> = {}): Promise<Api> {
  const [port, adminPort] = [await freePort(), await freePort()]
  const child = spawn(process.execPath, ['processes/api/main.ts'], {
    env: {
      ...process.env, STORMDOOR_ENV: 'test', STORMDOOR_NODE: 'api', EVENT_LOG_URL: `sqlite:${logPath}`, PORT: String(port), ADMIN_PORT: String(adminPort),
      DATABASE_URL: 'postgres://x:x@127.0.0.1:9/x', REDIS_URL: 'redis://127.0.0.1:9', WEB_URL: 'http://127.0.0.1:9', STORMDOOR_SIGNING_KEYS: generateSigningKeys(),
      STORMDOOR_SESSION_SECRET: 'a-secret-of-this-test-that-is-long-enough', ...changes,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.push(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => void (output += String(bytes)))
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  return { child, url: `http://127.0.0.1:${port}`, admin: `http://127.0.0.1:${adminPort}`, output: () => output, ended }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

const status = (url: string) => fetch(url).then((response) => response.status, () => 0)
const soon = { timeout: 40_000, interval: 50 }

describe('the api process @door', () => {
  it('takes reports with Postgres, Redis and web dead and what only programs need set wrongly, and says so where it must', async () => {
    const logPath = join(temporaryFolder(), 'log.sqlite')
    const api = await startApi(logPath, { CORE_SYSTEM_URL: 'https://core.invalid', CORE_SYSTEM_CA: '/nowhere.pem', STORMDOOR_SERVICE_TOKENS: 'preload:preload:mistyped' })
    await expect.poll(() => status(`${api.admin}/readyz`), soon).toBe(200)
    const [report, secret] = [someReport(), someSecret()]
    expect((await send(api, report, secret)).status).toBe(201)
    expect(await status(`${api.url}/api/v1/outage-status`)).toBe(503)
    expect(await status(`${api.url}/desk`)).toBe(503)
    const asked = performance.now()
    const standing = await fetch(`${api.url}/api/v1/outage-reports/${report.id}`, { headers: { 'report-secret': secret } })
    expect(await standing.json()).toMatchObject({ state: 'received' })
    expect(performance.now() - asked).toBeLessThan(2_000)
    const metrics = await (await fetch(`${api.admin}/metrics`)).text()
    expect(metrics).toMatch(/^stormdoor_reports_accepted_total\{process="api"\} 1$/m)
    for (const wrong of ['STORMDOOR_SERVICE_TOKENS: entry 1', 'CORE_SYSTEM_CA cannot be read']) expect(api.output()).toContain(wrong)
    expect(api.output()).not.toContain('mistyped')
    api.child.kill('SIGTERM')
    expect(await api.ended).toBe(0)
  })

  it('finishes an append under way when it is told to stop, and is gone right after', async () => {
    const logPath = join(temporaryFolder(), 'log.sqlite')
    const api = await startApi(logPath)
    await expect.poll(() => status(`${api.admin}/readyz`), soon).toBe(200)
    const file = new DatabaseSync(logPath)
    file.exec('BEGIN IMMEDIATE')
    const report = someReport()
    const sending = send(api, report, someSecret())
    await expect.poll(() => fetch(`${api.admin}/metrics`).then((response) => response.text()), soon).toMatch(/^stormdoor_reports_in_flight\{process="api"\} 1$/m)
    api.child.kill('SIGTERM')
    await expect.poll(() => status(`${api.url}/api/v1/health`), soon).toBe(0)
    file.exec('ROLLBACK')
    file.close()
    const letGoMs = performance.now()
    expect((await sending).status).toBe(201)
    expect(await api.ended).toBe(0)
    expect(performance.now() - letGoMs, 'its kept-alive connection holds nothing up').toBeLessThan(2_500)
    const log = await openEventLog({ url: `sqlite:${logPath}`, clock: systemClock, region: 'local', node: 'test' })
    expect(await log.find('outages', report.id)).not.toBeNull()
    await log.close()
  })

  it('tells the log who looked at an account a moment ago when it is told to stop @full', async () => {
    const logPath = join(temporaryFolder(), 'log.sqlite')
    const redisUrl = await freshRedis()
    const signingKeys = generateSigningKeys()
    const [account] = demoCustomers({ count: 1 })
    const redis = new Redis(redisUrl)
    await putAccounts(redis, [{ version: '1', asOf: '2026-01-31T04:05:06.789Z', account: account! }])
    redis.disconnect()
    const api = await startApi(logPath, { REDIS_URL: redisUrl, STORMDOOR_SIGNING_KEYS: signingKeys })
    await expect.poll(() => status(`${api.admin}/readyz`), soon).toBe(200)
    const staffId = '019c0000-0000-7000-8000-000000000001'
    const token = signStaffToken(parseSigningKeys(signingKeys), systemClock, { staffId, role: 'agent' }, ['accounts'], 1)
    const look = () => fetch(`${api.url}/api/v1/accounts/${account!.accountNumber}`, { headers: { authorization: `Bearer ${token}` } }).then((answer) => answer.status)
    await expect.poll(look, soon).toBe(200)
    for (let again = 0; again < 5; again++) expect(await look()).toBe(200)
    api.child.kill('SIGTERM')
    expect(await api.ended).toBe(0)

    const log = await openEventLog({ url: `sqlite:${logPath}`, clock: systemClock, region: 'local', node: 'test' })
    const looks = []
    for await (const batch of log.read('identity/0', null, { signal: new AbortController().signal, follow: false })) {
      for (const { envelope } of batch) looks.push(...(envelope.data as AccountsLookedUp).looks)
    }
    await log.close()
    expect(looks.length).toBeGreaterThanOrEqual(6)
    for (const look of looks) expect(look).toMatchObject({ actor: staffId, accountNumbers: [account!.accountNumber] })
  })

  it('lives while its log cannot be opened, refuses for sure, and takes reports once it can', async () => {
    const folder = join(temporaryFolder(), 'log-folder')
    writeFileSync(folder, 'a file where the folder must be')
    const api = await startApi(join(folder, 'log.sqlite'))
    await expect.poll(() => status(`${api.admin}/livez`), soon).toBe(200)
    await expect.poll(() => status(`${api.url}/api/v1/health`), soon).toBe(200)
    expect(await status(`${api.admin}/readyz`)).toBe(503)
    const [bytes, secret] = [bytesOf(someReport()), someSecret()]
    const refused = await send(api, bytes, secret)
    expect([refused.status, ((await refused.json()) as { type: string }).type]).toEqual([503, 'urn:stormdoor:problem:log-unavailable'])
    rmSync(folder)
    mkdirSync(folder)
    await expect.poll(() => status(`${api.admin}/readyz`), soon).toBe(200)
    expect((await send(api, bytes, secret)).status).toBe(201)
  })

  it('shares its port with another one, and leaves it all to that one when it is killed @nodes', async () => {
    const logPath = join(temporaryFolder(), 'log.sqlite')
    const shared = { PORT: String(await freePort()), REUSE_PORT: 'true' }
    const apis = await Promise.all([startApi(logPath, { ...shared, STORMDOOR_NODE: 'api' }), startApi(logPath, { ...shared, STORMDOOR_NODE: 'api-2' })])
    for (const api of apis) await expect.poll(() => status(`${api.admin}/readyz`), soon).toBe(200)
    const url = `http://127.0.0.1:${shared.PORT}`
    const sendSome = async (count: number) => {
      const sent = Array.from({ length: count }, async () => (await send({ url }, someReport(), someSecret(), { connection: 'close' })).status)
      return new Set(await Promise.all(sent))
    }
    const taken = async (api: Api) => Number(/^stormdoor_reports_accepted_total\S* (\d+)$/m.exec(await (await fetch(`${api.admin}/metrics`)).text())?.[1] ?? 0)
    expect(await sendSome(40)).toEqual(new Set([201]))
    expect(Math.min(...(await Promise.all(apis.map(taken)))), 'both take part').toBeGreaterThan(0)
    apis[0].child.kill('SIGKILL')
    await apis[0].ended
    expect(await sendSome(20)).toEqual(new Set([201]))

    const stranger = await startApi(logPath, { PORT: shared.PORT })
    expect(await stranger.ended).toBe(1)
    expect(stranger.output()).toContain('EADDRINUSE')
  })

  it('refuses to start without its keys, and names them', async () => {
    const api = await startApi(join(temporaryFolder(), 'log.sqlite'), { STORMDOOR_SIGNING_KEYS: '' })
    expect(await api.ended).toBe(1)
    expect(api.output()).toContain('STORMDOOR_SIGNING_KEYS')
  })

  it('sends its traces, under its name, to the collector that it is given, and of nobody a phone or an account', async () => {
    const spans: string[] = []
    const collector = createHttpServer((request, response) => {
      let body = ''
      request.on('data', (bytes) => void (body += String(bytes)))
      request.on('end', () => {
        spans.push(`${request.url} ${body}`)
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
      })
    })
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
    const { port } = collector.address() as AddressInfo
    const api = await startApi(join(temporaryFolder(), 'log.sqlite'), { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` })
    await expect.poll(() => status(`${api.admin}/readyz`), soon).toBe(200)
    expect((await send(api, someReport(), someSecret())).status).toBe(201)
    for (const asked of ['/4100000017', '?phone=%2B17075550142']) expect(await status(`${api.url}/api/v1/accounts${asked}`)).toBe(401)
    api.child.kill('SIGTERM')
    expect(await api.ended).toBe(0)
    await new Promise((resolve) => collector.close(resolve))
    expect(spans.join()).not.toMatch(/4100000017|7075550142/)
    expect(spans.join()).toContain('/api/v1/accounts/:accountNumber')
    expect(spans.join()).toContain('/v1/traces')
    expect(spans.join()).toContain('stormdoor-api')
    expect(spans.join()).toContain('/api/v1/outage-reports')
  })
})
