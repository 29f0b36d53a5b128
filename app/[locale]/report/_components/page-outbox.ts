import { replaceEqualDeep } from '@tanstack/react-query'
import type { Wake } from '../../../../worker/outbox/claim-report.ts'
import { type BrowserOutbox, OUTBOX_CHANNEL, openBrowserOutbox } from '../../../../worker/outbox/browser-outbox.ts'
import { OutboxUnavailableError, type UnavailableReason } from '../../../../worker/outbox/outbox-store.ts'
import { mayGoOn, ownerOf, takenUp } from '../../../../worker/outbox/ownership.ts'
import type { Draft, ReportRecord } from '../../../../worker/outbox/report-record.ts'
import { type FollowUpContent, saveFollowUp, UnknownReportError } from '../../../../worker/outbox/save-follow-up.ts'
import { type ReportContent, saveReport } from '../../../../worker/outbox/save-report.ts'
import { sendDue } from '../../../../worker/outbox/send-due.ts'
import { retryAttention } from '../../../../worker/outbox/settle-report.ts'
import { askWorker } from './browser-send.ts'
import { type Listed, NOTHING_YET, type OutboxView, showsTheSame, viewFor } from './outbox-view.ts'
import { SignedIn } from './signed-in.ts'

const SHORTEST_WAIT_MS = 500
const LONGEST_WAIT_MS = 60_000
/** A disk that a stopped tab holds up works again by itself, in Chromium after a minute, and no event tells of it. */
const LOOK_AGAIN_MS = 5_000

/** The phone's outbox as one page sees it: live over all tabs and the worker, and sending whenever there is reason to. */
export class PageOutbox {
  #outbox: BrowserOutbox | null = null
  #signedIn: SignedIn | null = null
  /** Whoever's session ends sees still how these stand, on the page that saved them. */
  readonly #savedHere = new Set<string>()
  #listed: Listed | null = null
  #view = NOTHING_YET
  #timer: ReturnType<typeof setTimeout> | undefined
  readonly #listeners = new Set<() => void>()

  readonly view = (): OutboxView => this.#view

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Opens the outbox, sends what waits, and goes on at every sign of a network until the returned function is called. */
  start(): () => void {
    const opened = openBrowserOutbox()
    this.#outbox = {
      ...opened,
      announce: () => {
        opened.announce()
        void this.refresh()
      },
    }
    this.#signedIn = new SignedIn(opened.store, () => opened.clock.nowMs())
    const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(OUTBOX_CHANNEL) : null
    // Another sender may have let go of a report before its lease ended: then the wait that was set is too long.
    const changed = () => void this.#send('timer')
    const online = () => {
      void this.#askWhoIsHere()
      void this.#send('return')
    }
    const shown = () => {
      if (document.visibilityState !== 'visible') return
      // Before the disk is asked for anything: somebody else may hold the phone now.
      this.#show()
      void this.#askWhoIsHere()
      void this.#send('return')
    }
    channel?.addEventListener('message', changed)
    window.addEventListener('online', online)
    window.addEventListener('pageshow', shown)
    document.addEventListener('visibilitychange', shown)
    void this.refresh().then(() => {
      void this.#askWhoIsHere()
      return this.#send('return')
    })
    return () => {
      clearTimeout(this.#timer)
      this.#outbox = null
      this.#signedIn = null
      channel?.close()
      window.removeEventListener('online', online)
      window.removeEventListener('pageshow', shown)
      document.removeEventListener('visibilitychange', shown)
    }
  }

  /** Resolves after the durable commit. @throws OutboxUnavailableError: nothing was saved */
  async save(draft: Draft, describe: (savedAtMs: number) => ReportContent, shownPlace?: string): Promise<{ record: ReportRecord; alreadySaved: boolean }> {
    if (!this.#outbox) throw new Error('The outbox is not open')
    const taken = takenUp(draft, this.#signedIn?.now.loginId ?? null)
    const result = await saveReport(this.#outbox, taken, describe, shownPlace)
    if (mayGoOn(result.record, ownerOf(taken))) this.#savedHere.add(result.record.id)
    await this.refresh()
    void this.#askWhoIsHere()
    return result
  }

  /**
   * Says something more about a report of this phone, and asks for a send.
   * @param id made when its form opened, where it has one: a second tap is then the same follow-up
   * @returns after the durable commit; false when it could not be kept: nothing was saved
   */
  async followUp(reportId: string, content: FollowUpContent, id?: string): Promise<boolean> {
    const outbox = this.#outbox
    if (!outbox || !(await hasWorked(saveFollowUp(outbox, { reportId, id, by: this.#signedIn?.now.loginId, describe: () => content })))) return false
    await this.refresh()
    this.send()
    return true
  }

  /** A person wants it sent: asks everyone who can, the worker, now and after this page, and the page itself. */
  readonly send = (): void => this.#askAll('tap')

  /** The same at a sign that sending may work again, without haste: the first try is spread. */
  readonly resume = (): void => this.#askAll('return')

  /** Tries a refused report, or a refused change, again under its id; false when the phone could not note that. */
  readonly retry = async (id: string): Promise<boolean> => {
    const outbox = this.#outbox
    if (!outbox || !(await hasWorked(outbox.store.transact((contents) => retryAttention(contents, id))))) {
      await this.refresh()
      return false
    }
    this.send()
    return true
  }

  /** From here on in memory: the customer knows that nothing is kept. */
  goOnWithoutDisk(): void {
    this.#outbox?.store.goOnInMemory()
  }

  async refresh(): Promise<void> {
    const outbox = this.#outbox
    if (!outbox) return
    const read = Promise.all([outbox.store.listReports(), outbox.store.listFollowUps()])
    const [listed] = await Promise.all([
      read.then(([reports, followUps]) => ({ reports, followUps }), (error: unknown) => refusalOf(error)),
      this.#signedIn?.look(),
    ])
    if (outbox !== this.#outbox) return
    this.#listed = listed
    this.#show()
  }

  /** Shows what was listed last to whoever is signed in now. */
  #show(): void {
    const [outbox, listed, signedIn] = [this.#outbox, this.#listed, this.#signedIn]
    if (!outbox || listed === null || !signedIn) return
    const who = replaceEqualDeep(this.#view.who, { ...signedIn.now, hasLapsed: signedIn.hasLapsed })
    const isAnother = who.hasLeft || (who.loginId !== null && who.loginId !== this.#view.who.loginId)
    if (isAnother) this.#savedHere.clear()
    const view = viewFor(outbox, listed, who, this.#savedHere)
    if (showsTheSame(this.#view, view)) return
    this.#view = view
    for (const listener of this.#listeners) listener()
  }

  async #askWhoIsHere(): Promise<void> {
    if (await this.#signedIn?.ask()) this.#outbox?.announce()
  }

  #askAll(wake: Wake): void {
    if (this.#outbox?.store.durable) void askWorker(wake)
    void this.#send(wake)
  }

  async #send(wake: Wake): Promise<void> {
    const outbox = this.#outbox
    if (!outbox) return
    const summary = await sendDue(outbox, { wake }).catch(() => null)
    await this.refresh()
    const dueAtMs = summary ? summary.nextDueAtMs : this.#lookAgainAtMs(outbox.clock.nowMs())
    if (outbox !== this.#outbox || dueAtMs === null) return
    clearTimeout(this.#timer)
    const waitMs = Math.min(LONGEST_WAIT_MS, Math.max(SHORTEST_WAIT_MS, dueAtMs - outbox.clock.nowMs()))
    this.#timer = setTimeout(() => void this.#send('timer'), waitMs)
  }

  /** What a browser refuses it goes on refusing. */
  #lookAgainAtMs(nowMs: number): number | null {
    return this.#view.refusal === 'refused' ? null : nowMs + LOOK_AGAIN_MS
  }
}

function refusalOf(error: unknown): UnavailableReason {
  return error instanceof OutboxUnavailableError ? error.reason : 'broken'
}

/** Whether a write was done. What is not foreseen is shown where faults are looked for, and is no success. */
async function hasWorked(write: Promise<unknown>): Promise<boolean> {
  try {
    await write
    return true
  } catch (error) {
    if (!(error instanceof OutboxUnavailableError || error instanceof UnknownReportError)) reportError(error)
    return false
  }
}
