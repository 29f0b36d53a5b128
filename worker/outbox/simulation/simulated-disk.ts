import { FRESH_LINE, type Line } from '../line.ts'
import type { Change, Contents, OutboxStore, UnavailableReason } from '../outbox-store.ts'
import { ownerOf } from '../ownership.ts'
import type { Draft, FollowUpRecord, Owner, ReportRecord } from '../report-record.ts'
import type { Choices } from './choices.ts'
import type { OutboxCode } from './code-under-test.ts'
import type { AnyRecord, Observer } from './observer.ts'
import type { PhoneContext } from './phone-context.ts'
import type { Trace } from './trace.ts'

/** `drops`: a connection may be lost before a commit or after it, and nobody knows which. */
export const DISK_MOODS = { works: 12, drops: 2, full: 1, refuses: 1 } as const
export type DiskMood = keyof typeof DISK_MOODS

interface DiskParts {
  readonly random: Choices
  readonly trace: Trace
  readonly witness: Observer
  readonly code: Pick<OutboxCode, 'OutboxUnavailableError'>
}

/** The one disk of a phone: every commit is durable at once, for all contexts, all or nothing. */
export class SimulatedDisk {
  mood: DiskMood = 'works'
  readonly reports = new Map<string, ReportRecord>()
  readonly followUps = new Map<string, FollowUpRecord>()
  readonly drafts = new Map<Owner, Draft>()
  #line: Line = FRESH_LINE
  readonly #notes = new Map<string, unknown>()
  readonly #goneListeners = new Map<PhoneContext, () => void>()
  readonly #device: DiskParts

  constructor(device: DiskParts) {
    this.#device = device
  }

  recordOf(id: string): AnyRecord | undefined {
    return this.reports.get(id) ?? this.followUps.get(id)
  }

  storeFor(context: PhoneContext, onGone: () => void): OutboxStore {
    this.#goneListeners.set(context, onGone)
    const use = <T>(what: string, work: () => T): Promise<T> => context.ask(`disk ${what}`, () => this.#use(work))
    return {
      durable: true,
      transact: (change) => use('transact', () => this.#transact(context, change)),
      listReports: () => use('list', () => this.#copies(this.reports)),
      listFollowUps: () => use('list follow-ups', () => this.#copies(this.followUps)),
      readDraft: (owner = null) => use('read draft', () => copy(this.drafts.get(owner))),
      writeDraft: (draft) => use('write draft', () => this.#writeDraft(context, draft)),
      readNote: (name) => use('read note', () => copy(this.#notes.get(name))),
      writeNote: (name, value) => use('write note', () => this.#writeNote(name, value)),
    }
  }

  /** Somebody clears the site's data under the open pages; each is told as soon as it can hear. */
  clear(): void {
    this.reports.clear()
    this.followUps.clear()
    this.#notes.clear()
    this.drafts.clear()
    this.#line = FRESH_LINE
    for (const [context, onGone] of this.#goneListeners) context.after(this.#device.random.between(0, 50), 'disk gone', onGone)
  }

  #use<T>(work: () => T): T {
    const { random } = this.#device
    if (this.mood === 'refuses') throw this.#unavailable('refused')
    const lost = this.mood === 'drops' && random.chance(0.4)
    if (lost && random.chance(0.5)) throw this.#unavailable('broken')
    const result = work()
    if (lost) throw this.#unavailable('broken')
    return result
  }

  #transact<T>(context: PhoneContext, change: (contents: Contents) => Change<T>): T {
    // A connection that is lost before the commit is opened again, and the change asked for again.
    if (this.mood === 'drops' && this.#device.random.chance(0.1)) change(this.#contents())
    const { put = [], putFollowUps = [], remove = [], removeFollowUps = [], line, dropDraft, result } = change(this.#contents())
    const puts: AnyRecord[] = [...put, ...putFollowUps]
    if (this.mood === 'full' && puts.some(({ id }) => this.recordOf(id) === undefined || this.#device.random.chance(0.7))) throw this.#unavailable('full')
    const answer = copy(result)
    const before = new Map([...puts.map(({ id }) => id), ...remove, ...removeFollowUps].map((id) => [id, this.recordOf(id)]))
    for (const record of put) this.reports.set(record.id, copy(record))
    for (const record of putFollowUps) this.followUps.set(record.id, copy(record))
    for (const id of remove) this.reports.delete(id)
    for (const id of removeFollowUps) this.followUps.delete(id)
    if (line) this.#line = copy(line)
    const drafts = [...this.drafts.values()]
    if (dropDraft !== undefined) this.#forgetDraft(dropDraft)
    this.#device.witness.committed(context, before)
    for (const draft of drafts) this.#device.witness.draftPassed(draft)
    return answer
  }

  #writeDraft(context: PhoneContext, draft: Draft): void {
    this.#refuseWhenFull()
    if (this.reports.has(draft.id)) return
    this.#forgetDraft(draft.id)
    this.drafts.set(ownerOf(draft), copy(draft))
    this.#device.trace.add(`${context.name} keeps draft ${draft.id}`)
  }

  #forgetDraft(id: string): void {
    for (const [owner, draft] of this.drafts) if (draft.id === id) this.drafts.delete(owner)
  }

  #writeNote(name: string, value: unknown): void {
    this.#refuseWhenFull()
    this.#notes.set(name, copy(value))
  }

  #refuseWhenFull(): void {
    if (this.mood === 'full') throw this.#unavailable('full')
  }

  #contents(): Contents {
    return { reports: this.#copies(this.reports), followUps: this.#copies(this.followUps), line: copy(this.#line) }
  }

  #copies<R>(records: ReadonlyMap<string, R>): R[] {
    const copies = Array.from(records.values(), copy)
    // No order is promised.
    return this.#device.random.chance(0.5) ? copies : copies.reverse()
  }

  #unavailable(reason: UnavailableReason): Error {
    this.#device.witness.troubled()
    return new this.#device.code.OutboxUnavailableError(reason, 'This browser does not keep data')
  }
}

/** What a structured clone gives for plain records, and quicker. */
function copy<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) return value.slice() as T
  if (Array.isArray(value)) return value.map(copy) as T
  const parts: Record<string, unknown> = {}
  for (const name in value) parts[name] = copy(value[name])
  return parts as T
}
