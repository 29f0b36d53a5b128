import type { Wake } from '../claim-report.ts'
import type { Browser } from './browser.ts'
import type { PhoneContext } from './phone-context.ts'

/** The service worker, with the events that the browser gives to it. */
export class SimulatedWorker {
  readonly context: PhoneContext
  readonly #phone: Browser
  #syncing = false

  constructor(phone: Browser) {
    this.#phone = phone
    this.context = phone.device.start('worker', () => phone.announced(this.context))
  }

  install(): void {
    this.#phone.follow(`${this.context.name} install`, async () => {
      await this.#phone.device.code.refreshKeys(this.context.outbox)
    })
  }

  wake(wake: Wake): void {
    this.#phone.follow(`${this.context.name} send (${wake})`, async () => {
      const { code, scheduler, witness } = this.#phone.device
      const sinceMs = scheduler.nowMs
      const summary = await code.sendDue(this.context.outbox, { wake }).catch((error: unknown) => this.#phone.expectStorageFault(error))
      if (summary) witness.drained(sinceMs)
    })
  }

  /** Background Sync. An event that fails comes again. */
  sync(): void {
    if (this.#syncing) return
    this.#syncing = true
    this.#phone.follow(`${this.context.name} sync`, async () => {
      try {
        await this.#phone.device.code.sendUntilQuiet(this.context.outbox)
      } catch (error) {
        if (!(error instanceof Error) || error.message !== STILL_WAITING) this.#phone.expectStorageFault(error)
        this.#phone.syncFailed()
      } finally {
        this.#syncing = false
      }
    })
  }
}

const STILL_WAITING = 'Reports still wait to be sent'
