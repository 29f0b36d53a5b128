import type { Locator, Page } from '@playwright/test'
import { expect, reportCard } from '../support/test.ts'
import { wordsOf } from './expect-survived.ts'

const NOTICED_WITHIN_MS = 60_000

/** What the page says when the browser keeps nothing. */
export function noDiskNotice(page: Page): Locator {
  return page.getByRole('status').filter({ has: page.getByRole('button', { name: 'Send directly' }) })
}

/** The browser keeps nothing: this is said, nothing typed is gone, and every way out is there. Resolves to what is said. */
export async function expectWaysOut(page: Page, marker: string): Promise<string> {
  const notice = noDiskNotice(page)
  await expect(notice).toBeVisible({ timeout: NOTICED_WITHIN_MS })
  await expect(notice.getByRole('link', { name: 'Or call our outage line' })).toHaveAttribute('href', /^tel:/)
  await expect(page.getByLabel('Address', { exact: true })).toHaveValue(`12 ${marker} Street`)
  await expect(page.getByLabel('Anything the crew should know?')).toHaveValue(marker)
  return wordsOf(notice)
}

/** The way out that reaches the door; resolves to what is said at its end. */
export async function sendDirectly(page: Page, marker: string): Promise<string> {
  await page.getByRole('button', { name: 'Send directly' }).click()
  const card = reportCard(page, marker)
  await expect(card).toContainText('Received — reference', { timeout: NOTICED_WITHIN_MS })
  return wordsOf(card, 'Received — reference')
}
