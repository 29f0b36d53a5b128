import { expect, type Locator, type Page } from '@playwright/test'

/** A thumb on glass, counted: every tap is one, and so is the tap into a field that is then typed into. */
export class Thumb {
  readonly #page: Page
  taps = 0

  constructor(page: Page) {
    this.#page = page
  }

  /** Waits until the target stands still and is the one that the thumb would hit, as Playwright's tap does. */
  async tap(target: Locator): Promise<void> {
    this.taps += 1
    await target.tap()
  }

  async type(field: Locator, text: string): Promise<void> {
    await this.tap(field)
    await expect(field).toBeFocused()
    await this.#page.keyboard.type(text)
  }
}
