import type { z } from 'zod'
import { describe, expect, it } from 'vitest'
import { guestLookUpSchema } from '../../domain/guest-look-up.ts'
import { outageReportV1Schema } from '../../domain/outage-report.ts'
import { reportFollowUpV1Schema } from '../../domain/report-follow-up.ts'
import { systemClock } from '../../domain/clock.ts'
import { openDoor } from './door/door-fixture.ts'
import { openApi } from './open-api.ts'
import { guestLookUps } from './reads/guest-look-ups.ts'
import { outageStatus } from './reads/outage-status.ts'

const document = openApi('https://portal.example')
const requestSchemas: Record<string, z.ZodType> = { OutageReport: outageReportV1Schema, ReportFollowUp: reportFollowUpV1Schema, GuestLookUp: guestLookUpSchema }

interface Operation {
  requestBody?: { content: { 'application/json': { schema: { $ref: string }; example: unknown } } }
  responses: Record<string, unknown>
}
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods as unknown as Record<string, Operation>).map(([method, operation]) => ({ path, method, operation })),
)

describe('OpenAPI @door', () => {
  it('gives every request an example that its own schema takes', () => {
    const bodies = operations.flatMap(({ operation }) => (operation.requestBody ? [operation.requestBody.content['application/json']] : []))
    expect(bodies).toHaveLength(3)
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
        guestLookUps(api, {} as never)
      },
    })
    const told = operations.map(({ path, method }) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`)
    expect(routes.sort()).toEqual(told.sort())
    expect(await (await fetch(`${door.url}/api/v1/openapi.json`)).json()).toMatchObject({ openapi: '3.1.0', paths: document.paths })
    await door.close()
  })

  it('says which fields may not be added', () => {
    expect(document.components.schemas['OutageReport']).toMatchObject({ additionalProperties: false })
  })
})
