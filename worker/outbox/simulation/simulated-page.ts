import type { Hazard } from '../../../domain/report-choices.ts'
import type { Wake } from '../claim-report.ts'
import { ownerOf } from '../ownership.ts'
import { type Draft, isFollowUp, type Owner } from '../report-record.ts'
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
  /** Reports and follow-ups on the screen: those that whoever is signed in may see. */
  shown: readonly AnyRecord[] = []
  /** All that it has listed, shown or not. */
  known: readonly AnyRecord[] = []
  readonly #phone: Browser
  readonly #savedHere = new Set<string>()
  /** Who is signed in, as this page has noticed. */
  #loginId: Owner
  #draft: Draft | null = null
  #cancelTimer = () => {}
  #messageWaits = false
  #lookWaits = false

  constructor(phone: Browser) {
    this.#phone = phone
    this.#loginId = phone.signedIn
    this.context = phone.device.start('page', () => {
      phone.announced(this.context)
      this.#look()
    })
    this.#do('open', async () => {
      await this.#restoreDraft()
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
      this.#noteWhoIsHere()
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
    const { random } = this.#phone.device
    const { outbox } = this.context
    const draft = { ...this.#takeUp(), fields: { address: `${random.between(1, 99)} Elm Street` }, updatedAtMs: this.context.clock.nowMs() }
    this.#draft = draft
    this.#do('type', async () => {
      await outbox.store.writeDraft(draft).catch((error: unknown) => this.#phone.expectStorageFault(error))
    })
  }

  /** Presses send, sometimes twice; what a quick thumb has filled in may not be kept as a draft yet. */
  save(): void {
    const { random } = this.#phone.device
    if (!this.#draft && (this.#phone.isFull() || !random.chance(0.5))) return
    const taken = this.#takeUp()
    const draft = Object.keys(taken.fields).length > 0 ? taken : { ...taken, fields: { address: '12 Elm Street' } }
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
    const by = this.#loginId
    this.#do(content.kind, async () => {
      try {
        const { record, alreadySaved } = await code.saveFollowUp(this.context.outbox, { reportId: report.id, by, describe: () => content })
        witness.toldSaved(this.context, record)
        if (!alreadySaved) witness.saidBy(record, ownerOf(report) ?? by)
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
      const { record, alreadySaved } = await code.saveReport(this.context.outbox, draft, () => content)
      if (alreadySaved && !code.mayGoOn(record, ownerOf(draft))) {
        // Of a draft of nobody's, open in two tabs, another login has made a report.
        const own = code.takenUp({ ...code.newDraft(this.context.outbox), fields: draft.fields }, ownerOf(draft))
        witness.takenUp(own.id, null, ownerOf(draft))
        return await this.#save(own, content)
      }
      this.#savedHere.add(record.id)
      witness.toldSaved(this.context, record)
      if (this.#draft?.id === draft.id) this.#draft = null
      this.#look()
      this.tryNow()
    } catch (error) {
      // What was typed stays on the screen.
      this.#phone.expectStorageFault(error)
    }
  }

  /** Another login's words leave the form; those of a session that has ended stay. */
  #noteWhoIsHere(): void {
    const { signedIn } = this.#phone
    if (signedIn === this.#loginId) return
    this.#loginId = signedIn
    if (signedIn === null) return
    if (this.#draft && ownerOf(this.#draft) !== signedIn) this.#draft = null
    this.#savedHere.clear()
    this.#do('restore', () => this.#restoreDraft())
  }

  async #restoreDraft(): Promise<void> {
    const { code, witness } = this.#phone.device
    const kept = await code.draftFor(this.context.outbox.store, this.#loginId).catch(() => undefined)
    if (!kept || this.#draft || Object.keys(kept.fields).length === 0 || !code.mayGoOn(kept, this.#loginId)) return
    witness.draftShown(kept, this.#loginId)
    this.#draft = kept
  }

  /** The draft of whoever goes on with it, or a new one. */
  #takeUp(): Draft {
    const { code, witness } = this.#phone.device
    const before = this.#draft ?? code.newDraft(this.context.outbox)
    witness.takenUp(before.id, ownerOf(before), this.#loginId)
    return code.takenUp(before, this.#loginId)
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
    const { code, witness } = this.#phone.device
    const savedBefore = [...witness.saved]
    const knownBefore = this.known.map(({ id }) => id)
    const { store } = this.context.outbox
    try {
      const reports = await store.listReports()
      const { trouble } = store
      const followUps = await store.listFollowUps()
      this.#noteWhoIsHere()
      const viewer = { loginId: this.#loginId, savedHere: this.#savedHere }
      const shown = code.shownTo({ reports, followUps }, viewer)
      this.shown = [...shown.reports, ...shown.followUps]
      this.known = [...reports, ...followUps]
      // A disk in trouble tells nothing: the page shows what it knew.
      witness.shown(this.shown, shown.hidden, trouble === null && store.trouble === null ? savedBefore : knownBefore, viewer)
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
