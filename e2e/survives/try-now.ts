import type { Page } from '@playwright/test'
import { expect, reportCard } from '../support/test.ts'

export const RECEIVED = 'Received — reference'
const RECEIVED_WITHIN_MS = 60_000

/** A person asks for a send, on a card that offers it. The card may be drawn anew under the tap. */
export async function tryNow(page: Page, marker = ''): Promise<void> {
  const button = reportCard(page, marker).getByRole('button', { name: 'Try now' }).first()
  await expect(button).toBeVisible()
  await button.evaluate((element: HTMLElement) => element.click())
}

/** Asks for a send until the report is received: another sender may have just begun one that fails. */
export async function tryUntilReceived(page: Page, marker: string): Promise<void> {
  const card = reportCard(page, marker)
  await expect(async () => {
    if (!(await card.innerText()).includes(RECEIVED)) await tryNow(page, marker)
    await expect(card).toContainText(RECEIVED, { timeout: 5_000 })
  }).toPass({ timeout: RECEIVED_WITHIN_MS })
}
