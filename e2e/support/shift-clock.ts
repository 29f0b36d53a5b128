import type { BrowserContext, Page, Worker } from '@playwright/test'

/**
 * Sets the wall clock of a phone off from this machine's: `Date` is another one in every page and in the service worker.
 * No browser has a switch for it, and a process of its own has no clock of its own; timers and the monotonic clock go on
 * as they are, as they do on a phone whose clock is set.
 */
export class ShiftedClock {
  readonly #context: BrowserContext
  #byMs = 0

  private constructor(context: BrowserContext) {
    this.#context = context
  }

  /** From here on in all that this context opens; call it before the first page. */
  static async of(context: BrowserContext, byMs: number): Promise<ShiftedClock> {
    const clock = new ShiftedClock(context)
    context.on('serviceworker', (worker) => void shift(worker, clock.#byMs))
    context.on('page', (page) => page.on('domcontentloaded', () => void shift(page, clock.#byMs)))
    await clock.set(byMs)
    return clock
  }

  /** Resolves when every open page and worker reads the new time. */
  async set(byMs: number): Promise<void> {
    this.#byMs = byMs
    await this.#context.addInitScript(replaceDate, byMs)
    await Promise.all([...this.#context.pages(), ...this.#context.serviceWorkers()].map((each) => shift(each, byMs)))
  }
}

async function shift(where: Pick<Page | Worker, 'evaluate'>, byMs: number): Promise<void> {
  await (where as Page).evaluate(replaceDate, byMs)
}

/** Runs in the browser. */
function replaceDate(byMs: number): void {
  const scope = globalThis as unknown as { Date: DateConstructor; trueDate?: DateConstructor }
  const True = (scope.trueDate ??= scope.Date)
  scope.Date = new Proxy(True, {
    construct: (_target, given: readonly number[]) => (given.length > 0 ? new True(...(given as [number])) : new True(True.now() + byMs)),
    get: (target, name) => (name === 'now' ? () => True.now() + byMs : (Reflect.get(target, name) as unknown)),
  })
}
