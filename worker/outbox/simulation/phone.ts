import type { Wake } from '../claim-report.ts'
import type { Owner } from '../report-record.ts'
import type { Browser } from './browser.ts'
import type { Device } from './device.ts'
import type { PhoneContext } from './phone-context.ts'
import { SimulatedPage } from './simulated-page.ts'
import { SimulatedWorker } from './simulated-worker.ts'

const MOST_PAGES = 3
const MOST_RECORDS = 40

/** The pages and the worker of one browser, and how they reach each other. */
export class Phone implements Browser {
  readonly device: Device
  pages: SimulatedPage[] = []
  worker: SimulatedWorker | null = null
  signedIn: Owner = null
  readonly #hasSync: boolean
  #syncAsked = false

  constructor(device: Device) {
    this.device = device
    this.#hasSync = device.random.chance(0.6)
  }

  openPage(): SimulatedPage | null {
    if (this.pages.length >= MOST_PAGES) return null
    const page = new SimulatedPage(this)
    this.pages.push(page)
    return page
  }

  /** The running worker, or a new one. */
  startWorker(): SimulatedWorker {
    if (!this.worker) {
      this.worker = new SimulatedWorker(this)
      if (this.device.random.chance(0.2)) this.worker.install()
    }
    return this.worker
  }

  close(of: SimulatedPage | SimulatedWorker): void {
    this.device.kill(of.context)
    this.pages = this.pages.filter((page) => page !== of)
    if (this.worker === of) this.worker = null
  }

  /** Somebody signs in, or out, or a session ends; open pages hear of it. */
  signIn(loginId: Owner): void {
    this.signedIn = loginId
    this.device.trace.add(`${loginId ?? 'nobody'} is signed in`)
    for (const page of this.pages) page.message()
  }

  isFull(): boolean {
    return this.device.disk.reports.size + this.device.disk.followUps.size >= MOST_RECORDS
  }

  announced(by: PhoneContext): void {
    for (const page of this.pages) if (page.context !== by) page.message()
  }

  askToSend(wake: Wake): void {
    this.#syncAsked = this.#hasSync
    if (this.device.random.chance(0.5)) this.startWorker().wake(wake)
  }

  syncFailed(): void {
    this.#syncAsked = true
  }

  /** The browser finds a network and has a sync event to give. */
  sync(): void {
    if (!this.#syncAsked || this.device.network.weather === 'offline') return
    this.#syncAsked = false
    this.startWorker().sync()
  }

  online(): void {
    for (const page of this.pages) if (!page.context.frozen) page.wake('return')
    this.sync()
  }

  follow(what: string, work: () => Promise<void>): void {
    const { trace, witness } = this.device
    trace.add(what)
    work().catch((error: unknown) => {
      witness.violation ??= `${what} failed: ${error instanceof Error ? error.stack : String(error)}`
    })
  }

  expectStorageFault(error: unknown): null {
    if (error instanceof Error && STORAGE_FAULTS.has(error.name)) return null
    throw error
  }
}

const STORAGE_FAULTS = new Set(['OutboxUnavailableError', 'UnknownReportError'])
