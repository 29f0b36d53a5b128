import type { Page } from '@playwright/test'
import { expect, reportCard } from '../support/test.ts'

export const RECEIVED = 'Received — reference'
const RECEIVED_WITHIN_MS = 60_000

/** A person asks for a send, on the first card that offers it. */
export async function tryNow(page: Page, marker: string): Promise<void> {
  await expect.poll(() => tapIfOffered(page, marker), { message: 'a card that offers to try now' }).toBe(true)
}

/** Asks for a send until the report is received: the phone may have just begun one of its own that fails. */
export async function tryUntilReceived(page: Page, marker: string): Promise<void> {
  await expect(async () => {
    await tapIfOffered(page, marker)
    await expect(reportCard(page, marker)).toContainText(RECEIVED, { timeout: 3_000 })
  }).toPass({ timeout: RECEIVED_WITHIN_MS })
}

/** At once: a card may change under the tap, for the phone also tries by itself. */
async function tapIfOffered(page: Page, marker: string): Promise<boolean> {
  return reportCard(page, marker)
    .getByRole('button', { name: 'Try now' })
    .evaluateAll(([first]) => {
      ;(first as HTMLElement | undefined)?.click()
      return first !== undefined
    })
}
