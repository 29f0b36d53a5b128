import type { Page } from '@playwright/test'
import type { Portal } from './support/portal.ts'
import { expect, expectOnceEverywhere, newMarker, reportCard, sendReport, signIn, test, visitReportPage } from './support/test.ts'
import { firstPage, withoutBackgroundSync, withPhone } from './support/with-phone.ts'

test.describe('browser and backend are killed with a report on the phone @outbox', () => {
  test('no page is opened again: Background Sync delivers it', async ({ portal, page: desk }) => {
    await signIn(desk, portal)
    await withPhone(async ({ start }) => {
      const marker = newMarker('sync')
      const phone = await start()
      const page = await firstPage(phone.context)
      await saveWithEverythingDead(page, portal, marker)
      await expect
        .poll(() =>
          page.evaluate(async () => {
            const registration = (await navigator.serviceWorker.ready) as ServiceWorkerRegistration & { sync: { getTags(): Promise<string[]> } }
            return registration.sync.getTags()
          }),
        )
        .toContain('outbox')
      await phone.kill()

      await portal.stack.start('api')
      const sameOne = await start()
      await expect.poll(async () => (await portal.eventsWith(marker)).length, { timeout: 60_000 }).toBe(1)
      expect(sameOne.context.pages().every((open) => open.url() === 'about:blank')).toBe(true)

      await provedOnce(portal, desk, marker)
      const later = await firstPage(sameOne.context)
      await later.goto(`${portal.url}/en/report`)
      await expect(reportCard(later, marker)).toContainText('Received — reference')
    })
  })

  test('without Background Sync: it goes when the page is opened @full', async ({ portal, page: desk }) => {
    await signIn(desk, portal)
    await withPhone(async ({ start }) => {
      const marker = newMarker('no-sync')
      const phone = await start()
      await withoutBackgroundSync(phone.context)
      await saveWithEverythingDead(await firstPage(phone.context), portal, marker)
      await phone.kill()

      await portal.stack.start('api')
      const sameOne = await start()
      await withoutBackgroundSync(sameOne.context)
      expect(await portal.eventsWith(marker)).toHaveLength(0)
      const page = await firstPage(sameOne.context)
      await page.goto(`${portal.url}/en/report`)
      await expect(reportCard(page, marker)).toContainText('Received — reference', { timeout: 60_000 })

      await provedOnce(portal, desk, marker)
    })
  })
})

/** Saved on the phone while api and Postgres are dead. */
async function saveWithEverythingDead(page: Page, portal: Portal, marker: string): Promise<void> {
  await visitReportPage(page, portal.url)
  await portal.stack.kill('postgres')
  await portal.stack.kill('api')
  await sendReport(page, marker)
  await expect(reportCard(page, marker)).toContainText('Saved on this phone')
}

/** The desk from Redis with Postgres dead, then exactly one of it everywhere. */
async function provedOnce(portal: Portal, desk: Page, marker: string): Promise<void> {
  await desk.goto(`${portal.url}/desk`)
  await expect(desk.getByText(marker).first()).toBeVisible({ timeout: 30_000 })
  await portal.stack.start('postgres')
  await expectOnceEverywhere(portal, marker)
}
