import type { Portal } from '../support/portal.ts'
import { recordSurvival, type Survival } from '../survives/record-survival.ts'
import { expect, type Owner } from './engine-test.ts'
import type { Phone } from './phone.ts'

export const SENDS_WHILE_OPEN = 'This browser sends only while this page is open.'

/** The first visit, up to the moment when the worker holds the page and its parts. */
export async function visitReportPage(phone: Phone, portal: Portal): Promise<void> {
  await phone.open(`${portal.url}/en/report`)
  expect(await phone.read(async () => (await navigator.serviceWorker.ready).active !== null)).toBe(true)
}

/** Fills the form by taps and keys, with the marker in the address, and sends it. */
export async function sendReport(phone: Phone, marker: string): Promise<void> {
  await phone.tap('//label[normalize-space()="Everything"]')
  await phone.tap('//label[normalize-space()="Address"]')
  await phone.type(`12 ${marker} Street`)
  await phone.tap('//button[normalize-space()="Send report"]')
}

/** From the list of what was sent back to an empty form. A card that grows as the tap comes may move the button away from under it. */
export async function startAnother(phone: Phone): Promise<void> {
  await expect.poll(async () => {
    if (!(await isFormShown(phone))) await phone.tap('//button[normalize-space()="Report another problem"]')
    return isFormShown(phone)
  }).toBe(true)
}

function isFormShown(phone: Phone): Promise<boolean> {
  return phone.read(() => (document.querySelector('form[action="/report"]')?.getClientRects().length ?? 0) > 0)
}

/** As if this login had signed in on the phone: all that pages go by without a network. */
export async function becomeLogin(phone: Phone, loginId: string): Promise<void> {
  await phone.read((id) => (document.cookie = `stormdoor-customer.here=${id}.${Date.now()}; path=/; max-age=86400`), loginId)
  await phone.reload()
}

/** The heading of a report's card: how it stands. Empty when there is no card. */
export function stateOnCard(phone: Phone, marker: string): Promise<string> {
  return phone.read(
    (about) => [...document.querySelectorAll('article')].find((card) => card.textContent.includes(about))?.querySelector('h3')?.textContent ?? '',
    marker,
  )
}

/** All that can be read on the page. */
export function wordsOfPage(phone: Phone): Promise<string> {
  return phone.read(() => document.body.innerText)
}

export function addressTyped(phone: Phone): Promise<string> {
  return phone.read(() => document.querySelector<HTMLInputElement>('input[name=address]')?.value ?? '')
}

/** What the phone keeps of the form under way, as JSON. */
export function keptDrafts(phone: Phone): Promise<string> {
  return phone.read(
    () =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open('stormdoor')
        opening.addEventListener('error', () => reject(opening.error))
        opening.addEventListener('success', () => {
          const drafts = opening.result.transaction('drafts').objectStore('drafts').getAll()
          drafts.addEventListener('success', () => {
            opening.result.close()
            resolve(JSON.stringify(drafts.result))
          })
        })
      }),
  )
}

/** Waits for the projection, writes down what became of the reports, and expects each exactly once in the log and in Postgres. */
export async function expectSurvived(portal: Portal, owner: Owner, told: Pick<Survival, 'case' | 'sees'> & { family?: Survival['family']; markers: readonly string[] }): Promise<void> {
  const look = async () => {
    const counts = await Promise.all(told.markers.map(async (marker) => [(await portal.eventsWith(marker)).length, await portal.rowsWith(marker)]))
    return { lost: counts.filter((places) => places.includes(0)).length, doubled: counts.filter((places) => places.some((count) => count > 1)).length }
  }
  await expect.poll(async () => (await look()).lost, { message: 'lost' }).toBe(0).catch(() => undefined)
  const { lost, doubled } = await look()
  recordSurvival({ family: told.family ?? 'Browser killed', case: told.case, ...owner.engine(), saved: told.markers.length, lost, doubled, sees: told.sees })
  expect({ lost, doubled }).toEqual({ lost: 0, doubled: 0 })
}
