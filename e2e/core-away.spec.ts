import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { APIRequestContext, Page } from '@playwright/test'
import { demoCustomers } from '../bin/demo/demo-customers.ts'
import { loadSecrets } from '../bin/setup/secrets.ts'
import type { AccountsSynced } from '../domain/operations.ts'
import { someReport, someSecret } from '../server/outages/report-fixture.ts'
import { coreConflicts, heldByCore, switchCore } from './support/core-system.ts'
import { expectAccessible } from './support/expect-accessible.ts'
import { DEMO_ACCOUNTS, type Portal } from './support/portal.ts'
import { expect, expectOnceEverywhere, newMarker, reportCard, sendReport, signIn, test } from './support/test.ts'

const run = promisify(execFile)
const customers = [...demoCustomers({ count: DEMO_ACCOUNTS })]
/** A breaker opens within one watch of what it guards, and probes with growing waits. */
const SEEN_MS = 60_000

test.describe('the core system goes away at the peak @core @desk', () => {
  test.describe.configure({ mode: 'serial' })

  test.afterEach(async ({ portal }) => {
    await Promise.all((['postgres', 'core-sim', 'reactors'] as const).map((name) => portal.stack.start(name)))
    await switchCore(portal, 'up')
  })

  test('with the database dead too: customers report, staff see all and what is down; what it refuses is handed over once more, and each is there once @full', async ({ page, portal, browser, request }) => {
    const customer = customers[3]!
    const [marker, refused] = [newMarker('cut'), newMarker('refused')]
    await signIn(page, portal)
    await Promise.all([portal.stack.kill('core-sim'), portal.stack.kill('postgres')])

    const phone = await browser.newPage()
    await phone.goto(`${portal.url}/en/report`)
    await phone.getByText('Phone or account number instead').click()
    await phone.getByLabel('Account number').fill(customer.accountNumber)
    await sendReport(phone, marker)
    await expect(reportCard(phone, marker)).toContainText('Received')
    await phone.close()
    for (const what of ['second', 'third']) await reportOf(portal, request, customer.accountNumber, newMarker(what))
    const houseNumber = customer.personal.address.line1.split(' ')[0]!
    const neighbors = async (number: string) => {
      const answer = await request.post(`${portal.url}/api/v1/guest-look-ups`, { data: { accountNumber: customer.accountNumber, houseNumber: number } })
      return [answer.status(), ((await answer.json()) as { nearby: string }).nearby]
    }
    await expect.poll(() => neighbors(houseNumber), 'a guest who knows two facts is matched from the cache').toEqual([200, 'reported'])
    expect(await neighbors(`${houseNumber}0`)).toEqual([200, 'none-known'])

    const id = await idOf(portal, marker)
    await page.locator(`a[href="/desk/reports/${id}"]`).click({ timeout: 20_000 })
    const account = section(page, 'Account')
    await expect(account).toContainText(customer.personal.name)
    await expect(account).toContainText(/From cache, as of (now|this minute|.+ ago)/)
    await expect(section(page, 'Core system')).toContainText('Waiting to be handed over')
    const banner = page.getByRole('status').filter({ hasText: 'has not answered since' })
    await expect(banner).toContainText(/The database \(Postgres\) has not answered since .*\d:\d\d/, { timeout: SEEN_MS })
    await expect(banner).toContainText(/The core system has not answered since .*\d:\d\d/, { timeout: SEEN_MS })

    await portal.stack.start('core-sim')
    const held = async () => (await heldByCore(portal, [id])).map(({ reference, times }) => ({ reference, times }))
    await expect.poll(held, { timeout: SEEN_MS, message: 'handed over while Postgres is dead' }).toEqual([{ reference: expect.stringMatching(/^OMS-/), times: 1 }])
    const [delivered] = await held()
    await expect(section(page, 'Core system')).toContainText(/At the core system since .*\d:\d\d/, { timeout: 20_000 })
    await expect(section(page, 'Core system')).toContainText(delivered!.reference)

    await switchCore(portal, 'refusing')
    const refusedId = await reportOf(portal, request, customers[5]!.accountNumber, refused)
    await page.goto(`${portal.url}/desk/undelivered`)
    const letter = page.getByRole('listitem').filter({ has: page.getByRole('link', { name: refused }) })
    await expect(letter).toContainText('told to refuse', { timeout: SEEN_MS })
    await expectAccessible(page, '/desk/undelivered')
    expect(await heldByCore(portal, [refusedId])).toEqual([])
    await switchCore(portal, 'up')
    await tabTo(page, 'Hand over once more')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('status').filter({ hasText: 'is queued to be handed over once more' })).toBeFocused()
    await expect(letter).toHaveCount(0, { timeout: 20_000 })
    await expect.poll(async () => (await heldByCore(portal, [refusedId])).map(({ times }) => times), { timeout: SEEN_MS }).toEqual([1])

    await portal.stack.start('postgres')
    for (const each of [marker, refused]) await expectOnceEverywhere(portal, each)
    await expect.poll(() => portal.deliveriesInPostgres([id, refusedId]), { timeout: SEEN_MS }).toEqual({ [id]: ['outage.delivered.v1'], [refusedId]: ['outage.delivered.v1', 'outage.delivery-refused.v1', 'outage.redelivery-requested.v1'] })
    await expect(banner).toHaveCount(0, { timeout: SEEN_MS })
  })

  test('the reactors are killed while it takes without an answer, and again in the middle of the drain: each of 30 is there once @full', async ({ portal, request }) => {
    test.setTimeout(300_000)
    await switchCore(portal, 'acceptedButSilent')
    const ids: string[] = []
    for (const { accountNumber } of customers.slice(20, 50)) ids.push(await reportOf(portal, request, accountNumber, newMarker('drain')))
    const heldCount = async () => (await heldByCore(portal, ids)).length
    await expect.poll(heldCount, { timeout: SEEN_MS }).toBeGreaterThan(0)
    await portal.stack.kill('reactors')
    await portal.stack.start('reactors')
    const before = await heldCount()
    expect(before, 'it is still in the middle').toBeLessThan(ids.length)
    await switchCore(portal, 'slow', { ms: 150, jitterMs: 100 })
    await expect.poll(heldCount, { timeout: 120_000, intervals: [50] }).toBeGreaterThan(before + 3)
    await portal.stack.kill('reactors')
    expect(await heldCount(), 'it is still in the middle').toBeLessThan(ids.length)
    await portal.stack.start('reactors')
    await switchCore(portal, 'up')

    await expect.poll(heldCount, { timeout: 120_000 }).toBe(ids.length)
    const stands = async () => (await portal.eventsAbout(ids)).filter(({ type }) => type === 'outage.delivered.v1').map(({ data }) => (data as { deliveryId: string }).deliveryId).toSorted()
    await expect.poll(stands, { timeout: SEEN_MS, message: 'logged once each' }).toEqual(ids.toSorted())
    const held = await heldByCore(portal, ids)
    expect(held.map(({ id }) => id).toSorted(), 'held once each').toEqual(ids.toSorted())
    expect(Math.max(...held.map(({ times }) => times)), 'something came again, with the same bytes').toBeGreaterThan(1)
    expect(await coreConflicts(portal), 'nothing came with other bytes').toBe(0)
  })

  test('customers look themselves up while all accounts are fetched; a poisoned load is refused and seen; the last generation can answer again @full', async ({ page, portal, request }) => {
    test.setTimeout(300_000)
    const fullLoad = () => preload(portal, request)
    const [one] = customers as [(typeof customers)[number]]
    const facts = { accountNumber: one.accountNumber, houseNumber: one.personal.address.line1.split(' ')[0] }
    const statuses = new Map<number, number>()
    const loaded = new AbortController()
    const looking = (async () => {
      while (!loaded.signal.aborted) {
        const status = (await request.post(`${portal.url}/api/v1/guest-look-ups`, { data: facts })).status()
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
      }
    })()
    const first = await fullLoad()
    // What is as before changes nothing and builds nothing: one customer has a new phone.
    await run(process.execPath, ['bin/core.ts', 'change', '2'], inData(portal))
    const second = await fullLoad()
    loaded.abort()
    await looking
    expect([first.outcome, second.outcome]).toEqual([expect.stringMatching(/applied|unchanged/), 'applied'])
    expect([...statuses.keys()], `${[...statuses.values()].join()} look-ups`).toEqual([200])

    await switchCore(portal, 'wrong', { kind: 'shifted' })
    const poisoned = await fullLoad()
    expect([poisoned.outcome, poisoned.loaded]).toEqual(['refused', 0])
    expect(poisoned.reasons.map(({ code }) => code)).toContainEqual(expect.stringMatching(/^column-|digest-differs/))
    await signIn(page, portal)
    await page.goto(`${portal.url}/desk/system`)
    await expect(page.getByRole('listitem').filter({ hasText: 'Full load' }).filter({ hasText: 'Refused' }).first()).toContainText(/column|not those that were told/)
    await expectAccessible(page, '/desk/system with a refused load')

    await switchCore(portal, 'up')
    const { stdout } = await run(process.execPath, ['bin/preload.ts', '--back', '--json'], inData(portal))
    const back = JSON.parse(stdout) as { generation: string; previous: string }
    expect(back.generation).not.toBe(back.previous)
    await expect(page.getByRole('listitem').filter({ hasText: back.generation }).first()).toContainText('put back by staff', { timeout: 20_000 })
    expect((await request.post(`${portal.url}/api/v1/guest-look-ups`, { data: facts })).status()).toBe(200)

    const [changed] = await portal.eventsWith('"fields":["phones"]', 'accounts')
    await page.goto(`${portal.url}/desk/accounts/${(changed!.data as { accountNumber: string }).accountNumber}`)
    const timeline = page.getByRole('region', { name: 'What happened' })
    await expect(timeline.getByRole('listitem').filter({ hasText: 'took over changes from the core system' })).toContainText('Phone numbers', { timeout: 20_000 })
  })
})

function section(page: Page, title: string) {
  return page.locator('section').filter({ has: page.getByRole('heading', { name: title, exact: true }) })
}

/** With the keyboard alone. */
async function tabTo(page: Page, name: string): Promise<void> {
  const target = page.getByRole('button', { name }).first()
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press('Tab')
    if (await target.evaluate((element) => element === document.activeElement)) return
  }
  throw new Error(`no Tab leads to "${name}"`)
}

/** As a phone sends it. @returns its id */
async function reportOf(portal: Portal, request: APIRequestContext, accountNumber: string, marker: string): Promise<string> {
  const report = someReport({ place: { accountNumber, address: `12 ${marker} Street` }, accessNotes: marker })
  const answer = await request.post(`${portal.url}/api/v1/outage-reports`, { data: report, headers: { 'report-secret': someSecret() } })
  expect(answer.status()).toBe(201)
  return report.id
}

async function idOf(portal: Portal, marker: string): Promise<string> {
  return (await portal.eventsWith(marker))[0]!.id
}

function inData({ stack: { dataDir } }: Portal) {
  return { env: { ...process.env, STORMDOOR_DATA: dataDir } }
}

/** A full load, asked for as a program does, to its end. */
async function preload(portal: Portal, request: APIRequestContext): Promise<AccountsSynced> {
  const headers = { authorization: `Bearer ${loadSecrets(portal.stack.dataDir).preloadToken}` }
  const asked = await request.post(`${portal.url}/api/v1/preload`, { data: { full: true }, headers })
  expect(asked.status(), await asked.text()).toBe(202)
  let run: AccountsSynced & { state: string }
  await expect
    .poll(async () => {
      run = (await (await request.get(portal.url + asked.headers().location!, { headers })).json()) as typeof run
      return run.state
    }, { timeout: 120_000 })
    .toBe('ended')
  return run!
}
