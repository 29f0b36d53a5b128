import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { temporaryFolder } from '../../bin/test-support/temporary-folder.ts'
import { systemClock, systemRandom } from '../../domain/clock.ts'
import { startCoreSim } from '../../processes/core-sim/start-core-sim.ts'
import type { CoreAccount } from './core-account.ts'
import type { Snapshot } from './core-answers.ts'
import type { CorePayment } from './core-delivery.ts'
import { coreOpenApi } from './core-open-api.ts'
import { RestCoreSystem } from './rest/rest-core-system.ts'

interface Parameter { name: string; in: string; required?: boolean; schema: object }
interface Response { headers?: object; content?: Record<string, { schema: object }> }
interface Operation { operationId: string; parameters: Parameter[]; requestBody?: { content: Record<string, { schema: object; example: object }> }; responses: Record<string, Response | { $ref: string }> }
interface Exchange { method: string; url: URL; status: number; requestBody: string; type: string; responseHeaders: Headers; responseBody: string }

const document = coreOpenApi()
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods as unknown as Record<string, Operation>).map(([method, operation]) => ({
    method: method.toUpperCase(), operation, matches: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
  })))
const token = 'a-token-of-these-tests'
const call = { signal: new AbortController().signal }

/** What the document itself says of a body: its schemas, not those that it was made from. */
function validate(schema: object, body: string): void {
  const local = JSON.stringify({ ...schema, $defs: document.components.schemas }).replaceAll('#/components/schemas/', '#/$defs/')
  z.fromJSONSchema(JSON.parse(local) as Parameters<typeof z.fromJSONSchema>[0]).parse(JSON.parse(body))
}

function check({ method, url, status, requestBody, type, responseHeaders, responseBody }: Exchange): string {
  const found = operations.find((each) => each.method === method && each.matches.test(url.pathname.replace('/core/v1', '')))
  if (!found) return expect.fail(`${method} ${url.pathname} is not described`)
  const { operation } = found
  const queries = operation.parameters.filter((parameter) => parameter.in === 'query')
  for (const [name, value] of url.searchParams) {
    const described = queries.find((query) => query.name === name)
    if (!described) return expect.fail(`?${name}= is not described`)
    validate(described.schema, /^\d+$/.test(value) && name === 'limit' ? value : JSON.stringify(value))
  }
  for (const query of queries) if (query.required) expect(url.searchParams.has(query.name), query.name).toBe(true)
  if (operation.requestBody) validate(operation.requestBody.content['application/json']!.schema, requestBody)
  else expect(requestBody).toBe('')

  const told = operation.responses[status] ?? operation.responses['default']!
  const response: Response = '$ref' in told ? (document.components.responses as unknown as Record<string, Response>)[told.$ref.split('/').at(-1)!]! : told
  for (const name of Object.keys(response.headers ?? {})) expect(responseHeaders.has(name), `${name} of ${operation.operationId} ${status}`).toBe(true)
  if (!response.content) expect(responseBody).toBe('')
  else validate(response.content[type]!.schema, responseBody)
  return `${operation.operationId} ${status}`
}

/** The adapter and the stand-in with everything that they say to each other. */
async function overheard() {
  const exchanges: Exchange[] = []
  const sim = await startCoreSim({ path: join(temporaryFolder(), 'core.sqlite'), token })
  const between = createServer((request, response) => {
    void request.toArray().then(async (chunks: Buffer[]) => {
      const [{ method = '', url: path = '' }, requestBody] = [request, Buffer.concat(chunks).toString()]
      const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !/^(connection|host|content-length)$/.test(name))) as Record<string, string>
      const url = new URL(path, sim.url)
      const answer = await fetch(url, { method, headers, ...(requestBody && { body: requestBody }) })
      const responseBody = await answer.text()
      const type = answer.headers.get('content-type')?.split(';')[0] ?? ''
      exchanges.push({ method, url, status: answer.status, requestBody, type, responseHeaders: answer.headers, responseBody })
      response.writeHead(answer.status, { ...(type && { 'content-type': type }), ...(answer.headers.has('etag') && { etag: answer.headers.get('etag')! }) }).end(responseBody)
    })
  })
  await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve))
  const url = new URL(`http://127.0.0.1:${(between.address() as AddressInfo).port}/core/v1`)
  const connect = (secret: string) => new RestCoreSystem({ url, token: secret, tls: {}, timeoutMs: 5_000, production: false, clock: systemClock, random: systemRandom })
  const [core, stranger] = [connect(token), connect('another-token-of-nobody')]
  onTestFinished(async () => {
    await Promise.all([core.close(), stranger.close()])
    between.closeAllConnections()
    between.close()
    await sim.close()
  })
  return { sim, core, stranger, exchanges }
}

const exampleOf = (operationId: string) => operations.find(({ operation }) => operation.operationId === operationId)!.operation.requestBody!.content['application/json']!.example

describe('OpenAPI of the core system @core', () => {
  it('stands in the file that a utility is given', async () => {
    await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot('./core-system.openapi.json')
  })

  it('resolves every reference within itself, and gives examples that it takes', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/(\w+)\/(\w+)"/g)]
    expect(references.length).toBeGreaterThan(30)
    for (const [, kind, name] of references) expect(document.components[kind as 'schemas']).toHaveProperty(name!)
    for (const { operation } of operations) {
      for (const { schema, example } of Object.values(operation.requestBody?.content ?? {})) validate(schema, JSON.stringify(example))
    }
  })

  it('is what the adapter asks and the stand-in answers, in every operation', async () => {
    const { sim, core, stranger, exchanges } = await overheard()
    const row = document.components.schemas.Account as { example: CoreAccount }
    const change = (name: string) => sim.history.append(['1', '2', '3'].map((accountNumber) => ({ accountNumber, row: { ...row.example, accountNumber, name } })))
    change('First')
    const snapshot = (await core.snapshot(null, call)) as Snapshot
    await core.snapshot(snapshot, call)
    const { next } = await core.snapshotPage(snapshot.snapshotId, null, 2, call)
    await core.snapshotPage(snapshot.snapshotId, next, 2, call)
    change('Second')
    sim.history.append([{ accountNumber: '3', row: null }])
    await core.accountChanges(snapshot.changesFrom, 100, null, call)
    const none = await core.accountChanges(snapshot.changesFrom, 100, null, call)
    await core.accountChanges(snapshot.changesFrom, 100, none as { etag: string }, call)
    await core.account('1', call)
    await core.account('77', call)
    sim.history.forget()
    await core.accountChanges(snapshot.changesFrom, 1, null, call).catch(() => undefined)
    await core.snapshotPage(snapshot.snapshotId, null, 1, call).catch(() => undefined)
    await stranger.snapshot(null, call).catch(() => undefined)

    const [reportId, id, paymentId] = [randomUUID(), randomUUID(), randomUUID()]
    const bytesOf = (body: object) => Buffer.from(JSON.stringify(body))
    const report = { id: reportId, reportId, kind: 'report', body: bytesOf({ ...exampleOf('putOutageReport'), reportId }) } as const
    const followUp = { id, reportId, kind: 'follow-up', body: bytesOf({ ...exampleOf('putFollowUp'), reportId, followUpId: id }) } as const
    await core.deliverReport(followUp, call).catch(() => undefined)
    await core.deliverReport(report, call)
    await core.deliverReport(report, call)
    await core.deliverReport({ ...report, body: bytesOf({ ...JSON.parse(report.body.toString()), withdrawn: true }) }, call).catch(() => undefined)
    await core.deliverReport(followUp, call)
    await core.deliverPayment({ ...exampleOf('putPayment'), paymentId } as CorePayment, call)

    const seen = new Set(exchanges.map(check))
    expect([...seen].sort()).toEqual([
      'getAccount 200', 'getAccount 404', 'getAccountChanges 200', 'getAccountChanges 304', 'getAccountChanges 410', 'getAccountPage 200', 'getAccountPage 410',
      'getAccountSnapshot 200', 'getAccountSnapshot 304', 'getAccountSnapshot 401', 'putFollowUp 201', 'putFollowUp 422',
      'putOutageReport 200', 'putOutageReport 201', 'putOutageReport 409', 'putPayment 201',
    ])
    expect(new Set([...seen].map((each) => each.split(' ')[0])).size).toBe(operations.length)
  })
})
