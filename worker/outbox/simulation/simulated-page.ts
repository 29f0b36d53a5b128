import type { Hazard } from '../../../domain/report-choices.ts'
import type { Wake } from '../claim-report.ts'
import { type Draft, isFollowUp } from '../report-record.ts'
import type { FollowUpContent } from '../save-follow-up.ts'
import type { ReportContent } from '../save-report.ts'
import type { Browser } from './browser.ts'
import type { AnyRecord } from './observer.ts'
import type { PhoneContext } from './phone-context.ts'

const SHORTEST_WAIT_MS = 500
const LONGEST_WAIT_MS = 60_000

/** A page as a person uses it: what it does with the outbox is what the report page does. */
export class SimulatedPage {
  readonly context: PhoneContext
  /** Reports and follow-ups on the screen. */
  shown: readonly AnyRecord[] = []
  readonly #phone: Browser
  #draft: Draft | null = null
  #cancelTimer = () => {}
  #messageWaits = false
  #lookWaits = false

  constructor(phone: Browser) {
    this.#phone = phone
    this.context = phone.device.start('page', () => {
      phone.announced(this.context)
      this.#look()
    })
    this.#do('open', async () => {
      const kept = await this.context.outbox.store.readDraft().catch(() => undefined)
      if (kept && !this.#draft && Object.keys(kept.fields).length > 0) this.#draft = kept
      await this.#refresh()
      this.wake('return')
    })
  }

  /** A message of another tab or the worker: what waits may be due sooner now. Those of a moment are looked at together. */
  message(): void {
    if (this.#messageWaits) return
    this.#messageWaits = true
    this.context.after(this.#phone.device.random.between(1, 60), 'message', () => {
      this.#messageWaits = false
      this.wake('timer')
    })
  }

  wake(wake: Wake): void {
    this.#do(`send (${wake})`, async () => {
      const { code, scheduler, witness } = this.#phone.device
      const sinceMs = scheduler.nowMs
      const summary = await code.sendDue(this.context.outbox, { wake }).catch((error: unknown) => this.#phone.expectStorageFault(error))
      if (summary) witness.drained(sinceMs)
      this.#look()
      if (summary?.nextDueAtMs == null) return
      this.#cancelTimer()
      const waitMs = Math.min(LONGEST_WAIT_MS, Math.max(SHORTEST_WAIT_MS, summary.nextDueAtMs - this.context.clock.nowMs()))
      this.#cancelTimer = this.context.after(waitMs, 'timer', () => this.wake('timer'))
    })
  }

  /** Types on, or begins another report. */
  type(): void {
    const { code, random } = this.#phone.device
    const { outbox } = this.context
    this.#draft = { ...(this.#draft ?? code.newDraft(outbox)), fields: { address: `${random.between(1, 99)} Elm Street` }, updatedAtMs: this.context.clock.nowMs() }
    const draft = this.#draft
    this.#do('type', async () => {
      await outbox.store.writeDraft(draft).catch((error: unknown) => this.#phone.expectStorageFault(error))
    })
  }

  /** Presses send, sometimes twice; what a quick thumb has filled in may not be kept as a draft yet. */
  save(): void {
    const { code, random } = this.#phone.device
    const draft = this.#draft ?? (random.chance(0.5) && !this.#phone.isFull() ? { ...code.newDraft(this.context.outbox), fields: { address: '12 Elm Street' } } : null)
    if (!draft) return
    this.#draft = draft
    const content = this.#content(draft)
    for (let tap = random.chance(0.25) ? 2 : 1; tap > 0; tap--) this.#do('save', () => this.#save(draft, content))
  }

  /** Says more of a report, or takes it back. */
  followUp(): void {
    const { code, random, witness } = this.#phone.device
    const reports = this.shown.filter((record) => !isFollowUp(record))
    const report = reports.length > 0 ? random.pick(reports) : null
    if (!report || this.#phone.isFull()) return
    const content = random.pick(FOLLOW_UPS)
    this.#do(content.kind, async () => {
      try {
        const { record } = await code.saveFollowUp(this.context.outbox, { reportId: report.id, describe: () => content })
        witness.toldSaved(this.context, record)
        this.#phone.askToSend('tap')
        this.wake('tap')
      } catch (error) {
        this.#phone.expectStorageFault(error)
      }
    })
  }

  tryNow(): void {
    this.#phone.askToSend('tap')
    this.wake('tap')
  }

  /** Tries again what the door refused. */
  retry(): void {
    const { code, disk } = this.#phone.device
    for (const { id, attention } of [...disk.reports.values(), ...disk.followUps.values()]) {
      if (!attention) continue
      this.#do('retry', async () => {
        await this.context.outbox.store.transact((contents) => code.retryAttention(contents, id)).catch((error: unknown) => this.#phone.expectStorageFault(error))
        this.tryNow()
      })
    }
  }

  async #save(draft: Draft, content: ReportContent): Promise<void> {
    const { code, witness } = this.#phone.device
    try {
      const { record } = await code.saveReport(this.context.outbox, draft, () => content)
      witness.toldSaved(this.context, record)
      if (this.#draft?.id === draft.id) this.#draft = null
      this.#look()
      this.tryNow()
    } catch (error) {
      // What was typed stays on the screen.
      this.#phone.expectStorageFault(error)
    }
  }

  /** Shows how things stand, soon. */
  #look(): void {
    if (this.#lookWaits) return
    this.#lookWaits = true
    this.context.after(this.#phone.device.random.between(1, 60), 'look', () => {
      this.#lookWaits = false
      this.#do('refresh', () => this.#refresh())
    })
  }

  async #refresh(): Promise<void> {
    const { witness } = this.#phone.device
    const savedBefore = [...witness.saved]
    const knownBefore = this.shown.map(({ id }) => id)
    const { store } = this.context.outbox
    try {
      const reports = await store.listReports()
      const { trouble } = store
      this.shown = [...reports, ...(await store.listFollowUps())]
      // A disk in trouble tells nothing: the page shows what it knew.
      witness.shown(this.shown, trouble === null && store.trouble === null ? savedBefore : knownBefore)
      if (this.#draft && reports.some(({ id }) => id === this.#draft?.id)) this.#draft = null
    } catch (error) {
      this.#phone.expectStorageFault(error)
    }
  }

  #content(draft: Draft): ReportContent {
    const { random } = this.#phone.device
    const hazards: Hazard[] = random.chance(0.2) ? [random.pick(['fire', 'gas-smell'] as const)] : []
    const answers = { scope: 'whole-home', heardBang: 'unknown', neighborsOut: 'unknown', medicalEquipment: false } as const
    return { locale: 'en', channel: 'web', place: { address: String(draft.fields['address']) }, hazards, ...answers }
  }

  #do(what: string, work: () => Promise<void>): void {
    this.#phone.follow(`${this.context.name} ${what}`, work)
  }
}

const FOLLOW_UPS: readonly FollowUpContent[] = [
  { locale: 'en', channel: 'web', kind: 'withdraw', reason: 'power-back' },
  { locale: 'en', channel: 'web', kind: 'still-out', answer: 'yes' },
  { locale: 'en', channel: 'web', kind: 'add', accessNotes: 'The gate is open' },
  { locale: 'en', channel: 'web', kind: 'add', hazards: ['fire'] },
]
