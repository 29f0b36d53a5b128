import type { RefObject } from 'react'
import type { Outbox } from '../../../../worker/outbox/outbox.ts'
import type { OutboxStore } from '../../../../worker/outbox/outbox-store.ts'
import type { Owner } from '../../../../worker/outbox/report-record.ts'
import { newFollowUpId } from '../../../../worker/outbox/save-follow-up.ts'
import { type Fields, readFields, restoreFields } from '../../report/_components/form-fields.ts'

const PAUSE_MS = 250

interface Kept {
  /** Of the follow-up that this becomes: saved twice, by a second tap or after a crash, it is one. */
  id: string
  fields: Fields
}

type Drafts = Readonly<Record<string, Kept>>

/** One write after the other: each reads what the one before wrote. */
let written: Promise<void> = Promise.resolve()

/**
 * Forgets what was typed about reports that nothing can be added to any more.
 * @param isOpen whether something can still be said about the report with this id
 * @returns the reports with a draft that stays, of whoever is signed in or of nobody
 */
export async function pruneAdditionDrafts(store: OutboxStore, isOpen: (reportId: string) => boolean, loginId: Owner): Promise<string[]> {
  const stays = (name: string) => isOpen(name.split(' ')[0]!)
  const before = Object.keys(await readDrafts(store))
  if (!before.every(stays)) await rewriteDrafts(store, (drafts) => Object.fromEntries(Object.entries(drafts).filter(([name]) => stays(name))))
  return before.filter((name) => stays(name) && [undefined, loginId].includes(name.split(' ')[1])).map((name) => name.split(' ')[0]!)
}

/** What a login types about a report, whosever that is, is that login's. */
function nameOf(reportId: string, loginId: Owner): string {
  return loginId === null ? reportId : `${reportId} ${loginId}`
}

/** What was kept, and over it what has been typed since. Dangers add up: neither may hide one. */
export function withTyped(kept: Fields, typed: Fields): Fields {
  const hazards = [...new Set([kept['hazards'] ?? [], typed['hazards'] ?? []].flat())]
  return { ...kept, ...typed, ...(hazards.length > 0 ? { hazards } : {}) }
}

/** By the report that each is about, and the login that writes it. A phone that keeps nothing has none. */
async function readDrafts(store: OutboxStore): Promise<Drafts> {
  const kept = await store.readNote('addition-drafts').catch(() => undefined)
  return (kept ?? {}) as Drafts
}

function rewriteDrafts(store: OutboxStore, change: (drafts: Drafts) => Drafts): Promise<void> {
  written = written.then(async () => store.writeNote('addition-drafts', change(await readDrafts(store))).catch(() => {}))
  return written
}

/** The draft of the addition in one form. */
export class AdditionDraft {
  readonly #form: RefObject<HTMLFormElement | null>
  readonly #store: OutboxStore
  readonly #reportId: string
  readonly #name: string
  #id: string
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(form: RefObject<HTMLFormElement | null>, outbox: Outbox, reportId: string, loginId: Owner) {
    this.#form = form
    this.#store = outbox.store
    this.#reportId = reportId
    this.#name = nameOf(reportId, loginId)
    this.#id = newFollowUpId(outbox)
  }

  /** The id that the addition will have. */
  get id(): string {
    return this.#id
  }

  /** Puts back what was typed before, under what has been typed since the form opened; false when there was nothing. */
  async restore(): Promise<boolean> {
    const { [this.#name]: own, [this.#reportId]: nobodys } = await readDrafts(this.#store)
    const kept = own ?? nobodys
    if (!kept || !this.#form.current) return false
    this.#id = kept.id
    restoreFields(this.#form.current, withTyped(kept.fields, readFields(this.#form.current)))
    return true
  }

  /** Something was typed or chosen. */
  changed(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#keep(), PAUSE_MS)
  }

  /** Keeps at once what waits for a pause when the page goes out of sight; until the returned function is called. */
  keepWhenHidden(): () => void {
    const hidden = () => {
      if (this.#timer !== undefined) this.#keep()
    }
    document.addEventListener('visibilitychange', hidden)
    window.addEventListener('pagehide', hidden)
    return () => {
      this.#endPause()
      document.removeEventListener('visibilitychange', hidden)
      window.removeEventListener('pagehide', hidden)
    }
  }

  /** It was saved, or is not wanted. */
  drop(): Promise<void> {
    this.#endPause()
    return this.#write(null)
  }

  #keep(): void {
    this.#endPause()
    if (this.#form.current) void this.#write(readFields(this.#form.current))
  }

  #endPause(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #write(fields: Fields | null): Promise<void> {
    return rewriteDrafts(this.#store, (drafts) => {
      const others = Object.fromEntries(Object.entries(drafts).filter(([name]) => name !== this.#name && name !== this.#reportId))
      return fields ? { ...others, [this.#name]: { id: this.#id, fields } } : others
    })
  }
}
