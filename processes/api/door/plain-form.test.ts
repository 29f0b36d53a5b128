import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import es from '../../../messages/es.json' with { type: 'json' }
import { IndeterminateError } from '../../../server/platform/errors.ts'
import { openDoor, type TestDoor } from './door-fixture.ts'
import { issueReport } from './pages.ts'
import { systemClock as clock, systemRandom as random } from '../../../domain/clock.ts'

let door: TestDoor
beforeEach(async () => void (door = await openDoor()))
afterEach(() => door.close())

const filled = { ...issueReport({ clock, random }), locale: 'en', scope: 'whole-home', accountNumber: '4100 0000 17', since: 'now', phone: '', address: '' }
const form = (changes: Record<string, string | string[]> = {}) => {
  const fields = Object.entries({ ...filled, ...issueReport({ clock, random }), ...changes })
  return new URLSearchParams(fields.flatMap(([name, value]) => [value].flat().map((one): [string, string] => [name, one])))
}
const post = (body: URLSearchParams | string, at = door) =>
  fetch(`${at.url}/report`, { method: 'POST', redirect: 'manual', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: String(body) })
const reported = async (id: string) => (await door.log.find('outages', id))!.envelope.data

describe('POST /report, without JavaScript @door', () => {
  it('takes the report and ends on a page that survives a reload', async () => {
    const body = form({ hazards: ['gas-smell', 'downed-line'], medicalEquipment: 'yes', heardBang: 'yes', callbackPhone: ' 555 0100 ' })
    const response = await post(body)
    expect(response.status).toBe(303)
    const location = response.headers.get('location')!
    expect(location).toMatch(/^\/en\/report\/received\?receipt=/)
    expect(location).not.toContain(body.get('secret'))
    const data = await reported(body.get('id')!)
    expect(data).toMatchObject({
      channel: 'plain-form', hazards: ['downed-line', 'gas-smell'], scope: 'whole-home', heardBang: 'yes', neighborsOut: 'unknown',
      personal: { place: { accountNumber: '4100 0000 17' }, medicalEquipment: true, callbackPhone: '555 0100' },
      occurred: { errorMs: 0, basis: 'server-offset' },
    })
    expect('startedAt' in data && 'savedAt' in data && data.startedAt === data.savedAt).toBe(true)
    for (let reload = 0; reload < 2; reload++) {
      const page = await fetch(`${door.url}${location}`)
      expect([page.status, page.headers.get('cache-control'), page.headers.get('referrer-policy')]).toEqual([200, 'no-store', 'no-referrer'])
      const html = await page.text()
      expect(html).toContain((data as { reference: string }).reference)
      expect(html).toContain('tel:911')
    }
  })

  it('meets itself when it is pressed twice, at once or later', async () => {
    const body = form()
    const [one, two] = await Promise.all([post(body), post(body)])
    const later = await post(body)
    expect([one.status, two.status, later.status]).toEqual([303, 303, 303])
    expect(new Set([one, two, later].map(({ headers }) => headers.get('location'))).size).toBe(1)
    expect(await door.log.statistics('outages')).toMatchObject({ events: 1, conflicts: 0 })
  })

  it('says so when the same form comes with other answers, and starts a new one', async () => {
    const body = form()
    await post(body)
    body.set('scope', 'dim')
    const response = await post(body)
    expect(response.status).toBe(409)
    expect(await response.text()).toContain('href="/en/report"')
    expect(await reported(body.get('id')!)).toMatchObject({ scope: 'whole-home' })
  })

  it('keeps what was typed and names the fault beside its field', async () => {
    const body = form({ accountNumber: '', accessNotes: 'Dog "Rex" <b>', callbackPhone: '1'.repeat(40), hazards: 'fire', locale: 'es' })
    body.delete('scope')
    const response = await post(body)
    expect(response.status).toBe(422)
    const html = await response.text()
    expect(html).toContain('<html lang="es">')
    for (const field of ['place', 'scope', 'callbackPhone']) expect(html, field).toContain(`id="fault-${field}"`)
    expect(html).not.toContain('id="fault-accessNotes"')
    expect(html, 'the words of the report page').toContain(`> ${es.report.scope['whole-home']}</label>`)
    expect(html).toContain('value="Dog &quot;Rex&quot; &lt;b&gt;"')
    expect(html).toContain('value="fire" checked')
    expect(html.indexOf('tel:911')).toBeLessThan(html.indexOf('<form'))
    expect(html).toContain(`value="${body.get('id')}"`)
    expect(html).not.toContain('<script')
    expect((await door.log.statistics('outages')).events).toBe(0)
  })

  it('reads the time in the zone of the utility', async () => {
    const body = form({ since: 'earlier', sinceAt: '2026-01-31T04:05' })
    await post(body)
    expect(await reported(body.get('id')!)).toMatchObject({ startedAt: '2026-01-31T12:05:00.000Z' })
    const without = form({ since: 'earlier', sinceAt: '' })
    await post(without)
    expect(await reported(without.get('id')!)).not.toHaveProperty('startedAt')
  })

  it('takes a place that a script has found', async () => {
    const body = form({ accountNumber: '', latitude: '38.44', longitude: '-122.71', accuracyMeters: '12' })
    await post(body)
    expect(await reported(body.get('id')!)).toMatchObject({ personal: { place: { location: { latitude: 38.44, longitude: -122.71, accuracyMeters: 12 } } } })
  })

  it('takes a form whose placeholders were never filled', async () => {
    const response = await post(form({ id: '__STORMDOOR_REPORT_ID__', secret: '__STORMDOOR_REPORT_SECRET__' }))
    expect(response.status).toBe(303)
    expect((await door.log.statistics('outages')).events).toBe(1)
  })

  it('gives a fresh form to who has the id and not its secret', async () => {
    const body = form()
    await post(body)
    body.set('secret', issueReport({ clock, random }).secret)
    const response = await post(body)
    const html = await response.text()
    expect(response.status).toBe(404)
    expect(html).not.toContain(body.get('id'))
    expect(html).toContain('value="4100 0000 17"')
  })

  it('keeps the form under the same id when it cannot be said whether it arrived', async () => {
    const unsure = await openDoor({ log: { append: () => Promise.reject(new IndeterminateError('late')), find: () => Promise.resolve(null) } })
    const body = form()
    const response = await post(body, unsure)
    expect(response.status).toBe(503)
    expect(await response.text()).toContain(`value="${body.get('id')}"`)
    await unsure.close()
  })

  it('keeps the form when the door is full', async () => {
    const full = await openDoor({ limits: { normalInFlight: 0, hazardInFlight: 10 } })
    const ordinary = await post(form(), full)
    expect([ordinary.status, ordinary.headers.has('retry-after')]).toEqual([503, true])
    expect(await ordinary.text()).toContain('value="4100 0000 17"')
    expect((await post(form({ hazards: 'injury' }), full)).status).toBe(303)
    await full.close()
  })

  it('refuses what is too large or no form with a page, and a made-up receipt with another', async () => {
    for (const [body, type, status] of [['a='.padEnd(40_000, 'x'), 'application/x-www-form-urlencoded', 413], ['{}', 'application/json', 415]] as const) {
      const response = await fetch(`${door.url}/report`, { method: 'POST', headers: { 'content-type': type }, body })
      expect([response.status, response.headers.get('content-type')]).toEqual([status, 'text/html; charset=utf-8'])
    }
    const page = await fetch(`${door.url}/es/report/received?receipt=a.b.c`)
    expect([page.status, page.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8'])
  })
})
