import type { z } from 'zod'
import { describe, expect, it } from 'vitest'
import { preloadSchema } from '../../domain/preload.ts'
import { guestLookUpSchema } from '../../domain/guest-look-up.ts'
import { erasureRequestSchema, profileChangeSchema } from '../../domain/me.ts'
import { outageReportV1Schema } from '../../domain/outage-report.ts'
import { reportFollowUpV1Schema } from '../../domain/report-follow-up.ts'
import { systemClock } from '../../domain/clock.ts'
import { DOOR_HEADERS, REPORT_HEADERS } from '../../domain/report-limits.ts'
import { bytesOf, someReport, someSecret } from '../../server/outages/report-fixture.ts'
import { openDoor } from './door/door-fixture.ts'
import { openApi } from './open-api.ts'
import { accounts } from './reads/accounts.ts'
import { guestLookUps } from './reads/guest-look-ups.ts'
import { me } from './reads/me.ts'
import { outageStatus } from './reads/outage-status.ts'
import { preload } from './reads/preload.ts'

const document = openApi('https://portal.example')
const requestSchemas: Record<string, z.ZodType> = {
  OutageReport: outageReportV1Schema, ReportFollowUp: reportFollowUpV1Schema, GuestLookUp: guestLookUpSchema, Preload: preloadSchema,
  ProfileChange: profileChangeSchema, ErasureRequest: erasureRequestSchema,
}

interface Operation {
  requestBody?: { content: { 'application/json': { schema: { $ref: string }; example: unknown } } }
  parameters?: { name: string; in: string }[]
  responses: Record<string, { headers?: Record<string, unknown> }>
}
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods as unknown as Record<string, Operation>).map(([method, operation]) => ({ path, method, operation })),
)

describe('OpenAPI @door', () => {
  it('gives every request an example that its own schema takes', () => {
    const bodies = operations.flatMap(({ operation }) => (operation.requestBody ? [operation.requestBody.content['application/json']] : []))
    expect(bodies).toHaveLength(6)
    for (const { schema, example } of bodies) {
      const parsed = requestSchemas[schema.$ref.split('/').at(-1)!]!.safeParse(example)
      expect(parsed.error?.issues).toBeUndefined()
    }
  })

  it('resolves every reference within itself', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name!)
    expect(references.length).toBeGreaterThan(5)
    for (const name of references) expect(document.components.schemas).toHaveProperty(name)
  })

  it('tells every route that is served, and no other', async () => {
    const routes: string[] = []
    const door = await openDoor({
      instrument: (app) => {
        app.addHook('onRoute', ({ url, method }) => {
          for (const one of [method].flat()) if (one !== 'HEAD' && /^\/(api|\.well-known)\//.test(url) && !url.endsWith('*')) routes.push(`${one} ${url}`)
        })
        return Promise.resolve()
      },
      alsoServe: (api) => {
        outageStatus(api, { clock: systemClock, getOutageStatus: () => Promise.reject(new Error('unused')) })
        accounts(api, {} as never)
        guestLookUps(api, {} as never)
        me(api, {} as never)
        preload(api, {} as never)
      },
    })
    const told = operations.map(({ path, method }) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`)
    expect(routes.sort()).toEqual(told.sort())
    expect(await (await fetch(`${door.url}/api/v1/openapi.json`)).json()).toMatchObject({ openapi: '3.1.0', paths: document.paths })
    await door.close()
  })

  it('tells the headers of every answer to a report, a follow-up and the keys, and no other', async () => {
    const [door, full] = await Promise.all([openDoor(), openDoor({ limits: { normalInFlight: 0 } })])
    const [report, secret] = [someReport(), someSecret()]
    const post = (url: string, path: string, body: unknown, headers: Record<string, string> = {}) =>
      fetch(url + path, { method: 'POST', headers: { 'content-type': 'application/json', [REPORT_HEADERS.secret]: secret, ...headers }, body: bytesOf(body) })
    const paths = { reports: '/api/v1/outage-reports', followUps: `/api/v1/outage-reports/${report.id}/follow-ups`, keys: '/.well-known/jwks.json' }
    const stranger = { [REPORT_HEADERS.secret]: someSecret() }
    const reportAnswers = []
    for (const [body, headers] of [[report], [report], [report, stranger], [{ ...report, heardBang: 'yes' }], [{}], ['x'.repeat(20_000)], [report, { 'content-type': 'text/plain' }]] as const) {
      reportAnswers.push(await post(door.url, paths.reports, body, headers))
    }
    reportAnswers.push(await post(full.url, paths.reports, report))
    expect(reportAnswers.map(({ status }) => status)).toEqual([201, 200, 404, 409, 422, 413, 415, 503])
    const followUpAnswers = [await post(door.url, paths.followUps, {}), await post(full.url, paths.followUps, {})]
    const keys = await fetch(door.url + paths.keys)
    await Promise.all([door.close(), full.close()])

    const names = [...Object.values(DOOR_HEADERS), 'Retry-After']
    const told = (operationId: string, status: number) => {
      const { operation } = operations.find((one) => (one.operation as { operationId?: string }).operationId === operationId)!
      return Object.keys(operation.responses[status]?.headers ?? {}).sort()
    }
    const answers = [...reportAnswers.map((answer) => ['reportOutage', answer] as const), ...followUpAnswers.map((answer) => ['followUpReport', answer] as const), ['getKeys', keys] as const]
    for (const [operationId, { status, headers }] of answers) {
      expect({ operationId, status, headers: told(operationId, status) }).toEqual({ operationId, status, headers: names.filter((name) => headers.has(name)).sort() })
    }
    for (const { path, operation } of operations.filter((one) => one.method === 'post' && one.path.startsWith(paths.reports))) {
      const parameters = operation.parameters!.filter((parameter) => parameter.in === 'header').map(({ name }) => name)
      expect(parameters, path).toEqual(expect.arrayContaining(Object.values(REPORT_HEADERS)))
    }
  })

  it('says which fields may not be added', () => {
    expect(document.components.schemas['OutageReport']).toMatchObject({ additionalProperties: false })
  })
})
