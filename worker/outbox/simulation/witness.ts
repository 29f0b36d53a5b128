import { correctedTime } from '../../../domain/clock-evidence.ts'
import { DOOR_HEADERS, REPORT_HEADERS } from '../../../domain/report-limits.ts'
import { type Hidden, ownerOf, type Viewer } from '../ownership.ts'
import { type Draft, isFollowUp, isLeased, type Owner } from '../report-record.ts'
import type { AnyRecord, Observer, Sent } from './observer.ts'
import type { PhoneContext } from './phone-context.ts'
import type { Scheduler } from './scheduler.ts'
import type { SimulatedDisk } from './simulated-disk.ts'
import { hashOf, idOf, type Request, type SimulatedDoor, type WireAnswer } from './simulated-door.ts'
import type { Trace } from './trace.ts'

const KEPT_AFTER_RECEIPT_MS = 30 * 24 * 60 * 60_000
const LONGEST_HAZARD_WAIT_MS = 30_000
const LONGEST_ASKED_WAIT_MS = 60 * 60_000
/** What is longer on its way than a sender waits may be taken for older than it is. */
const LONGEST_TRANSIT_MS = 30_000
const ROUNDING_MS = 2
/** After the disk failed or was cleared, pages go by what they remember and write it back; until then leases, waits and order bind nobody. */
const GATHERING_MS = 2 * 60_000
const MAY_BE_SENT_AGAIN = new Set([401, 408, 425, 429])

interface Watched {
  readonly disk: SimulatedDisk
  readonly door: SimulatedDoor
  readonly scheduler: Scheduler
  readonly trace: Trace
  readonly wallMs: number
  readonly awakeMs: number
  readonly clockChanges: number
  readonly hasLocks: boolean
}

interface UnderWay {
  context: PhoneContext
  id: string
  leasedUntilMs: number
  clockChanges: number
}

/** A wait that the door asked for; binding from the moment that the phone has written it down. */
interface Asked {
  id: string
  by: PhoneContext
  attempt: number
  untilMs: number
  hazardUntilMs: number
  clockChanges: number
  written: boolean
}

/** Sees everything, remembers what was promised, and keeps the first promise that is broken. */
export class Witness implements Observer {
  violation: string | null = null
  /** Ids that a person was told are saved. */
  readonly saved = new Set<string>()
  /** Ids that were removed long after their receipt, as the rule allows. */
  readonly forgotten = new Set<string>()
  /** Every record as it was first committed. */
  readonly #first = new Map<string, AnyRecord>()
  readonly #refused = new Set<string>()
  /** Who has had a draft in hand, by its id: its report is one of theirs. */
  readonly #hands = new Map<string, Set<Owner>>()
  /** Deleted from outside; pages that showed it write it back. */
  readonly #away = new Map<string, PhoneContext[]>()
  /** Written, and cleared away before anybody was told: another save may have taken the place. */
  readonly #void = new Set<string>()
  #gatheringUntilMs = 0
  readonly #underWay = new Set<UnderWay>()
  /** By the owner's name in a lease. */
  readonly #senders = new Map<string, PhoneContext>()
  readonly #diedAtMs = new Map<PhoneContext, number>()
  #asked: Asked[] = []
  readonly #device: Watched

  constructor(device: Watched) {
    this.#device = device
  }

  /** A person has been told "saved". */
  toldSaved(context: PhoneContext, record: AnyRecord): void {
    if (this.#void.has(record.id)) return
    this.saved.add(record.id)
    if (!this.#device.disk.recordOf(record.id)) this.#away.set(record.id, [...(this.#away.get(record.id) ?? []), context])
    const first = this.#first.get(record.id)
    this.#expect(first !== undefined, `${record.id} was called saved before it was on the disk`)
    if (first) this.#expectFrozen(first, record)
  }

  /** What a page shows to whom, after a look at the disk that began when `savedBefore` had been told. */
  shown(records: readonly AnyRecord[], hidden: Hidden, savedBefore: readonly string[], viewer: Viewer): void {
    for (const record of records) this.#expect(this.#maySee(record, viewer), `${record.id} is shown to ${viewer.loginId ?? 'nobody'} and is another login's`)
    if (this.#isGathering) return
    const ids = new Set([...records.map(({ id }) => id), ...hidden.ids])
    for (const id of savedBefore) {
      const first = this.#first.get(id)
      const isOwed = first !== undefined && (!isFollowUp(first) || this.#maySee(first, viewer))
      this.#expect(!isOwed || ids.has(id) || this.forgotten.has(id) || this.#away.has(id), `${id} is lost from the screen`)
    }
  }

  /** Somebody types into a draft that was `before`'s. */
  takenUp(id: string, before: Owner, by: Owner): void {
    const hands = this.#hands.get(id) ?? new Set()
    this.#hands.set(id, hands.add(before ?? by))
  }

  draftShown(draft: Draft, loginId: Owner): void {
    const hands = [...(this.#hands.get(draft.id) ?? [])]
    this.#expect(hands.some((owner) => owner === null || owner === loginId), `the draft ${draft.id} is shown to ${loginId ?? 'nobody'} and is another login's`)
  }

  /** A follow-up was saved by a login, or by nobody. */
  saidBy(record: AnyRecord, owner: Owner): void {
    this.#expect(ownerOf(record) === owner, `${record.id} belongs to ${ownerOf(record) ?? 'nobody'} and was said by ${owner ?? 'nobody'}`)
  }

  /** After every step: what was called saved is on the disk. */
  check(): void {
    const { disk } = this.#device
    for (const id of this.saved) {
      this.#expect(disk.recordOf(id) !== undefined || this.forgotten.has(id) || this.#away.has(id), `${id} was called saved and is not on the disk`)
    }
  }

  troubled(): void {
    this.#gatheringUntilMs = this.#device.awakeMs + GATHERING_MS
  }

  /** The disk is about to be cleared. @param holdersOf the pages that show a record, and so can write it back */
  clearing(holdersOf: (id: string) => PhoneContext[]): void {
    const { disk } = this.#device
    for (const id of [...disk.reports.keys(), ...disk.followUps.keys()]) {
      if (!this.saved.has(id)) this.#void.add(id)
    }
    for (const id of this.saved) {
      const record = disk.recordOf(id)
      if (record?.received) this.forgotten.add(id)
      else if (record) this.#away.set(id, holdersOf(id))
    }
    this.#asked = []
    this.troubled()
    for (const sent of this.#underWay) sent.leasedUntilMs = 0
  }

  /** Saved, and neither received nor lost with the last page that knew it. */
  waiting(): string[] {
    const { disk } = this.#device
    return [...this.saved].filter((id) => !this.forgotten.has(id) && !disk.recordOf(id)?.received && (this.#away.get(id) ?? [null]).some((holder) => holder === null || (holder.alive && !holder.frozen)))
  }

  committed(context: PhoneContext, before: ReadonlyMap<string, AnyRecord | undefined>): void {
    if (context.outbox.store.trouble !== null) this.troubled()
    for (const [id, former] of before) {
      const now = this.#device.disk.recordOf(id)
      if (now?.lease && !this.#senders.has(now.lease.owner)) this.#senders.set(now.lease.owner, context)
      this.#device.trace.add(`${context.name} writes ${id} ${now ? standing(now) : 'away'}`)
      if (now === undefined) this.#removed(id, former)
      else if (former === undefined) this.#added(now)
      else this.#changed(context, former, now)
    }
  }

  /** The draft stands, or its report does. */
  draftPassed({ id }: Draft): void {
    const { drafts, reports } = this.#device.disk
    this.#expect([...drafts.values()].some((draft) => draft.id === id) || reports.has(id), `the draft ${id} was dropped before its report was on the disk`)
  }

  sending(context: PhoneContext, request: Request): Sent {
    const { bytes, headers } = request
    const id = idOf(request)
    this.#device.trace.add(`${context.name} sends ${id}`)
    if (context.outbox.store.trouble !== null) this.troubled()
    const { wallMs, clockChanges, scheduler } = this.#device
    const first = this.#first.get(id)
    this.#expect(first !== undefined, `${id} is sent and was never on the disk`)
    if (first && !this.#void.has(id)) {
      this.#expect(hashOf(bytes) === first.bodyHash, `${id} is sent with other bytes than were saved`)
      this.#expect(headers[REPORT_HEADERS.secret] === first.secret, `${id} is sent with another secret`)
      if (!this.#isGathering) {
        this.#expectReportFirst(first)
        this.#expectWaited(context, first)
      }
    }
    const record = this.#device.disk.recordOf(id)
    const own = record !== undefined && isLeased(record, wallMs) && String(record.attempts) === headers[REPORT_HEADERS.attempt]
    const leasedUntilMs = own && !this.#isGathering ? record.lease!.untilMs : 0
    if (!this.#isGathering) {
      this.#expect(own || record?.received != null, `${context.name} sends ${id} without a lease that is its own and in time`)
      this.#expectAlone(context, id, leasedUntilMs)
    }
    const sent: UnderWay = { context, id, leasedUntilMs, clockChanges }
    this.#underWay.add(sent)
    const ended = () => void this.#underWay.delete(sent)
    const sentMs = scheduler.nowMs
    return {
      arrived: () => this.#expectHonestTime(id, headers, scheduler.nowMs - sentMs),
      ended,
      answered: (answer) => {
        ended()
        this.#answered(context, id, Number(headers[REPORT_HEADERS.attempt]), answer)
      },
    }
  }

  /** A sender that died sends no more. */
  died(context: PhoneContext): void {
    for (const sent of this.#underWay) if (sent.context === context) this.#underWay.delete(sent)
    this.#diedAtMs.set(context, this.#device.scheduler.nowMs)
  }

  /** A sender that began to look at `sinceMs` has found nothing more to do: it has seen through the leases of those who had died by then. */
  drained(sinceMs: number): void {
    const { disk, wallMs, hasLocks } = this.#device
    if (!hasLocks || this.#isGathering) return
    const leased = [...disk.reports.values(), ...disk.followUps.values()].filter((record) => isLeased(record, wallMs))
    const died = leased.filter(({ lease }) => (this.#diedAtMs.get(this.#senders.get(lease!.owner)!) ?? Infinity) < sinceMs)
    this.#expect(died.length < leased.length || died.length === 0, `${died[0]?.id} is called being sent, and its sender is dead`)
  }

  /** Some minutes after the storm: no report of a hazard on the disk waits any more. A follow-up waits for its report. */
  checkHazards(): void {
    const onDisk = this.waiting().filter((id) => this.#device.disk.reports.has(id))
    const hazard = onDisk.map((id) => this.#first.get(id)!).find(({ hazards }) => hazards.length > 0)
    this.#expect(hazard === undefined, `the hazard ${hazard?.id} still waits`)
  }

  /** At the end of a run, after the storm. */
  checkCalm(): void {
    const { disk, door } = this.#device
    for (const id of this.waiting()) {
      const record = disk.recordOf(id)
      this.#expect(false, `${id} was saved and never received: ${record ? standing(record) : 'it is gone'}`)
    }
    for (const id of door.accepted.keys()) this.#expect(this.#first.has(id), `the door has ${id}, which nobody saved`)
  }

  #added(record: AnyRecord): void {
    const first = this.#void.has(record.id) ? undefined : this.#first.get(record.id)
    if (first) {
      // A page that knew it as waiting writes it back.
      this.forgotten.delete(record.id)
      this.#away.delete(record.id)
      return this.#expectFrozen(first, record)
    }
    this.#first.set(record.id, structuredClone(record))
    const hands = isFollowUp(record) ? undefined : this.#hands.get(record.id)
    this.#expect(hands === undefined || hands.has(ownerOf(record)), `${record.id} belongs to ${ownerOf(record) ?? 'nobody'}, who did not write it`)
    const body = JSON.parse(new TextDecoder().decode(record.body)) as { id: string }
    this.#expect(hashOf(record.body) === record.bodyHash && body.id === record.id, `${record.id} is saved with a false hash or id`)
  }

  #changed(context: PhoneContext, former: AnyRecord, now: AnyRecord): void {
    const { door } = this.#device
    this.#expectFrozen(this.#first.get(now.id)!, now)
    if (former.received) this.#expect(now.received?.receipt === former.received.receipt, `${now.id} was received and is so no more, or otherwise`)
    else if (now.received) {
      const claims = door.issued.get(now.received.receipt)
      const genuine = claims?.id === now.id && claims.bodyHash === now.bodyHash && door.accepted.get(now.id)?.bodyHash === hashOf(now.body)
      this.#expect(genuine, `${now.id} is called received and the door gave no such receipt`)
    }
    if (now.attention && !former.attention) this.#expect(this.#refused.has(now.id), `${now.id} needs attention and the door never refused it`)
    if (now.attempts > former.attempts && !this.#isGathering) this.#expectHazardsFirst(now)
    if (former.lease && !now.lease && now.retry && now.retry.atMs !== former.retry?.atMs) {
      for (const asked of this.#asked) if (asked.id === now.id && asked.by === context && asked.attempt === now.attempts) asked.written = true
    }
  }

  /** A hazard that was never tried goes before all but hazards, and what a hazard waits behind is one. */
  #expectHazardsFirst(now: AnyRecord): void {
    if (this.#isUrgent(now)) return
    const urgent = [...this.#device.disk.reports.values()].find(({ hazards, attempts, received }) => hazards.length > 0 && attempts === 0 && !received)
    this.#expect(urgent === undefined, `${now.id} goes before the hazard ${urgent?.id}`)
  }

  #isUrgent({ id, hazards }: AnyRecord): boolean {
    const behind = [...this.#device.disk.followUps.values()].filter(({ reportId, received }) => reportId === id && !received)
    return hazards.length > 0 || behind.some((followUp) => followUp.hazards.length > 0)
  }

  /** By the record as it was first committed: nothing that happens later may open it to others. */
  #maySee({ id, ...record }: AnyRecord, { loginId, savedHere }: Viewer): boolean {
    const owner = ownerOf(this.#first.get(id) ?? record)
    const reportId = 'reportId' in record ? record.reportId : id
    return owner === null || owner === loginId || (loginId === null && savedHere.has(reportId))
  }

  #removed(id: string, former: AnyRecord | undefined): void {
    const receivedAtMs = former?.received?.atMs
    const old = receivedAtMs !== undefined && this.#device.wallMs - receivedAtMs > KEPT_AFTER_RECEIPT_MS
    this.#expect(old, `${id} was removed before it was received, or soon after`)
    this.forgotten.add(id)
  }

  #answered(context: PhoneContext, id: string, attempt: number, { status, contentType, headers }: WireAnswer): void {
    const { scheduler, clockChanges } = this.#device
    if (contentType !== 'application/problem+json') return
    if (status >= 400 && status < 500 && !MAY_BE_SENT_AGAIN.has(status)) this.#refused.add(id)
    const askedMs = Math.min(LONGEST_ASKED_WAIT_MS, Number(headers[DOOR_HEADERS.slotMs] ?? Number(headers['retry-after']) * 1000))
    if (!(askedMs > 0)) return
    const hazardUntilMs = scheduler.nowMs + Math.min(LONGEST_HAZARD_WAIT_MS, askedMs)
    this.#asked.push({ id, by: context, attempt, untilMs: scheduler.nowMs + askedMs, hazardUntilMs, clockChanges, written: false })
  }

  /** What the door asked for binds every sender; hazards only what it asked of themselves, and what a hazard waits behind not at all. */
  #expectWaited(context: PhoneContext, record: AnyRecord): void {
    const { scheduler, clockChanges } = this.#device
    const { id, hazards } = record
    if (hazards.length === 0 && this.#isUrgent(record)) return
    this.#asked = this.#asked.filter((asked) => asked.untilMs > scheduler.nowMs && asked.clockChanges === clockChanges)
    for (const asked of this.#asked) {
      if (!asked.written || (hazards.length > 0 && asked.id !== id)) continue
      const leftMs = (hazards.length > 0 ? asked.hazardUntilMs : asked.untilMs) - scheduler.nowMs
      this.#expect(leftMs <= 0, `${context.name} sends ${id} ${leftMs} ms before the time that the door asked for`)
    }
  }

  /** Nobody else sends on a lease that is still in time. */
  #expectAlone(context: PhoneContext, id: string, leasedUntilMs: number): void {
    const { wallMs, clockChanges, disk } = this.#device
    for (const other of this.#underWay) {
      // A receipt that comes late frees a report that is being sent again.
      const settled = disk.recordOf(other.id)?.received != null
      const both = leasedUntilMs > wallMs && other.leasedUntilMs > wallMs && other.clockChanges === clockChanges && !settled
      this.#expect(!both, `${context.name} sends ${id} while ${other.context.name} sends ${other.id}`)
    }
  }

  /** While nobody sets the clock, the evidence in the headers tells when it was saved, as well as it says. */
  #expectHonestTime(id: string, headers: Request['headers'], transitMs: number): void {
    const { scheduler, wallMs, clockChanges } = this.#device
    const record = this.#first.get(id)
    if (!record || clockChanges > 0 || transitMs > LONGEST_TRANSIT_MS) return
    const savedMs = record.savedAtMs - (wallMs - scheduler.nowMs)
    const evidence = {
      savedAtMs: record.savedAtMs,
      sentAtMs: Date.parse(headers[REPORT_HEADERS.sentAt] ?? ''),
      elapsedMs: numberIn(headers[REPORT_HEADERS.elapsedMs]),
      clockOffsetMs: numberIn(headers[REPORT_HEADERS.clockOffsetMs]),
      clockErrorMs: numberIn(headers[REPORT_HEADERS.clockErrorMs]),
    }
    const { atMs, errorMs, basis } = correctedTime(evidence, scheduler.nowMs)
    this.#expect(Math.abs(atMs - savedMs) <= errorMs + ROUNDING_MS, `${id} was saved ${Math.round(atMs - savedMs)} ms from the time that its evidence gives (${basis}, ± ${errorMs})`)
  }

  #expectReportFirst(record: AnyRecord): void {
    if (!isFollowUp(record)) return
    const report = this.#device.disk.reports.get(record.reportId)
    this.#expect(report === undefined || report.received !== null, `${record.id} is sent before its report was received`)
  }

  get #isGathering(): boolean {
    return this.#device.awakeMs < this.#gatheringUntilMs
  }

  #expectFrozen(first: AnyRecord, now: AnyRecord): void {
    const frozen = ({ attempts: _attempts, lease: _lease, retry: _retry, attention: _attention, received: _received, body, ...rest }: AnyRecord) =>
      `${JSON.stringify(rest)} ${String(body)}`
    this.#expect(frozen(first) === frozen(now), `${now.id} is not what was saved`)
  }

  #expect(holds: boolean, otherwise: string): void {
    if (!holds) this.violation ??= otherwise
  }
}

function numberIn(header: string | undefined): number | undefined {
  return header === undefined ? undefined : Number(header)
}

function standing({ attempts, lease, retry, attention, received }: AnyRecord): string {
  const parts = [received && 'received', attention && 'refused', lease && `leased until ${lease.untilMs}`, retry && `${retry.reason} until ${retry.atMs}`]
  return [`sent ${attempts} times`, ...parts.filter(Boolean)].join(', ')
}
