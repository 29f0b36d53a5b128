import { AxeBuilder } from '@axe-core/playwright'
import type { Page, Request } from '@playwright/test'
import { demoCustomers } from '../bin/demo/demo-customers.ts'
import type { Account } from '../domain/account.ts'
import { expectAccessible } from './support/expect-accessible.ts'
import { DEMO_ACCOUNTS, type Portal } from './support/portal.ts'
import { expect, signIn, test } from './support/test.ts'

const customers = [...demoCustomers({ count: DEMO_ACCOUNTS })]
const isPlain = (name: string) => /^[A-Z][a-z]{4,} [A-Z][a-z]{5,}$/.test(name)
/** One whose name and house number nobody else has. */
const meant = customers.find(({ personal }) => isPlain(personal.name) && customers.filter(({ personal: { name } }) => name.split(' ').at(-1) === personal.name.split(' ').at(-1)).length === 1)!
const other = customers.find(({ personal }) => personal.name !== meant.personal.name)!
const [given = '', family = ''] = meant.personal.name.split(' ')
/** As it is typed in a hurry: two letters swapped. */
const hurried = `${family.slice(0, 2)}${family[3]!}${family[2]!}${family.slice(4)} ${given}`
const SEEN = { timeout: 30_000 }

test.describe('finding anyone at the desk @desk @search', () => {
  test('an agent presses /, types a name with a slip, and opens the account by Enter', async ({ page, portal }) => {
    await signIn(page, portal, 'agent')
    const box = page.getByRole('combobox', { name: 'Find a customer' })
    await expect(box).toBeVisible()
    await page.locator('h1').click()
    await page.keyboard.press('/')
    await expect(box).toBeFocused()
    await box.pressSequentially(hurried)
    const first = page.getByRole('option').first()
    await expect(first).toContainText(meant.personal.name, SEEN)
    await expect(first).toContainText(meant.accountNumber)
    await expect(first.locator('mark').first()).toHaveText(given)
    await expect(page.getByRole('status').filter({ hasText: /accounts? found/ })).toHaveCount(1)
    await expect(box).toHaveAttribute('aria-expanded', 'true')
    // The nearest is chosen already: Enter opens it.
    await expect(box).toHaveAttribute('aria-activedescendant', (await first.getAttribute('id'))!)
    await page.keyboard.press('Escape')
    await expect(page.getByRole('option')).toHaveCount(0)
    await box.fill(meant.meterNumber)
    await expect(first).toContainText(meant.personal.name, SEEN)
    await page.keyboard.press('Enter')
    await expect(page).toHaveURL(`${portal.url}/desk/accounts/${meant.accountNumber}`, SEEN)
  })

  test('what was typed later is never overwritten by an answer to what was typed before @full', async ({ page, portal }) => {
    await signIn(page, portal, 'agent')
    const late = Promise.withResolvers<void>()
    const ended = Promise.withResolvers<void>()
    await page.route('**/desk/search', async (route) => {
      const isEarlier = route.request().postData() === family
      if (isEarlier) await late.promise
      await route.continue().catch(() => undefined)
      if (isEarlier) ended.resolve()
    })
    const box = page.getByRole('combobox', { name: 'Find a customer' })
    const isFor = (typed: string) => (request: Request) => request.url().endsWith('/desk/search') && request.postData() === typed
    const sent = page.waitForRequest(isFor(family), SEEN)
    await box.fill(family)
    const earlier = await sent
    // Given up by the page, or answered: one of the two ends it.
    const over = Promise.race([page.waitForEvent('requestfailed', { predicate: (request) => request === earlier, ...SEEN }), page.waitForEvent('requestfinished', { predicate: (request) => request === earlier, ...SEEN })])
    await box.fill(other.accountNumber)
    const first = page.getByRole('option').first()
    await expect(first).toContainText(other.personal.name, SEEN)
    late.resolve()
    await Promise.all([over, ended.promise])
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
    await expect(first).toContainText(other.personal.name)
  })

  test('an answer is painted in the frame after it, without a frame in between @full', async ({ page, portal }) => {
    await signIn(page, portal, 'agent')
    const box = page.getByRole('combobox', { name: 'Find a customer' })
    await expect(box).toBeVisible()
    await page.evaluate(countFramesUntilShown)
    for (const [place, { accountNumber }] of customers.slice(0, 20).entries()) {
      await box.fill(accountNumber)
      await expect(page.getByRole('option').first()).toContainText(accountNumber, SEEN)
      await expect.poll(() => framesUntilShown(page), SEEN).toHaveLength(place + 1)
    }
    // One that has begun when the answer comes may be too far on to show it; the next one has to.
    for (const frames of await framesUntilShown(page)) expect(frames).toBeLessThanOrEqual(2)
  })

  test('on a narrow screen, in Spanish, nobody found: said in words, and axe finds nothing @full', async ({ page, portal }) => {
    await page.setViewportSize({ width: 320, height: 640 })
    await signIn(page, portal, 'agent')
    await page.getByRole('button', { name: 'Menu' }).click()
    await page.getByRole('link', { name: 'Español' }).click()
    const box = page.getByRole('combobox', { name: 'Buscar un cliente' })
    await box.fill(family)
    await expect(page.getByRole('option').first()).toContainText(meant.personal.name, SEEN)
    // While the list is open the library hides the rest of the page from screen readers; Tab closes it.
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).disableRules(['aria-hidden-focus']).analyze()
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
    await box.fill('xqzwvkj')
    await expect(page.getByText('No se encontró a nadie')).toBeVisible(SEEN)
    await page.keyboard.press('Escape')
    await expectAccessible(page, 'the desk at 320 px')
  })

  test('an auditor is offered no search, and gets none @full', async ({ page, portal }) => {
    await signIn(page, portal, 'auditor')
    await expect(page.getByRole('combobox', { name: 'Find a customer' })).toHaveCount(0)
    expect((await page.request.post(`${portal.url}/desk/search`, { data: 'ada' })).status()).toBe(403)
    const nobody = await page.context().browser()!.newContext()
    expect((await nobody.request.post(`${portal.url}/desk/search`, { data: 'ada' })).status()).toBe(401)
    await nobody.close()
  })

  test('Postgres dead: names are found as before; the search dead as well: what is written so, and it says so @full', async ({ page, portal }) => {
    await signIn(page, portal, 'agent')
    const box = page.getByRole('combobox', { name: 'Find a customer' })
    await expect(box).toBeVisible()
    const phone = await phoneNow(portal)
    await portal.stack.kill('postgres')
    await box.fill(hurried)
    await expect(page.getByRole('option').first()).toContainText(meant.personal.name, SEEN)
    await portal.stack.kill('search')
    for (const typed of [`${given} ${family.slice(0, 4)}`, meant.accountNumber, phone, meant.meterNumber, [meant.personal.address.line1, meant.personal.address.line2].filter(Boolean).join(' ')]) {
      await box.fill('')
      await box.fill(typed)
      await expect(page.getByText('are found as they are written')).toBeVisible(SEEN)
      await expect(page.getByRole('option').filter({ hasText: meant.accountNumber })).toHaveCount(1, SEEN)
    }
    await expect(page.getByText(/Accounts as of/)).toBeVisible()
    await portal.stack.start('postgres')
    await portal.stack.start('search')
    await expect(async () => {
      await box.fill('')
      await box.fill(hurried)
      await expect(page.getByRole('option').first()).toContainText(meant.personal.name, { timeout: 2_000 })
    }).toPass({ timeout: 60_000 })
  })
})

/** The core system may have given the customer another one, in a journey before. */
async function phoneNow(portal: Portal): Promise<string> {
  const events = await portal.eventsWith(meant.accountNumber, 'accounts')
  const newest = events.findLast(({ type }) => type === 'account.upserted.v1')
  return (newest!.data as Account).personal.phones[0]!
}

/** How many frames began between the end of an answer's body and the one that shows its first account: one number for each answer. */
function framesUntilShown(page: Page): Promise<number[]> {
  return page.evaluate(() => (globalThis as unknown as { framesUntilShown: number[] }).framesUntilShown)
}

/** Runs in the page. */
function countFramesUntilShown(): void {
  const FAR_TOO_MANY = 60
  const counted: number[] = []
  Object.assign(globalThis, { framesUntilShown: counted })
  const fetchBefore = fetch
  globalThis.fetch = async (input, init) => {
    const response = await fetchBefore(input, init)
    if (input !== '/desk/search') return response
    const readBefore = response.json.bind(response)
    const json = async () => {
      const answer = (await readBefore()) as { accounts: { accountNumber: string }[] }
      const [nearest] = answer.accounts
      // What stands in the document when a frame begins is what that frame paints.
      const look = (frames: number) => {
        const shown = document.querySelector('[role=option]')?.textContent ?? ''
        if (shown.includes(nearest!.accountNumber) || frames === FAR_TOO_MANY) counted.push(frames)
        else requestAnimationFrame(() => look(frames + 1))
      }
      if (nearest) requestAnimationFrame(() => look(1))
      return answer
    }
    return Object.assign(response, { json })
  }
}
