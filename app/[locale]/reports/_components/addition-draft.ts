import type { RefObject } from 'react'
import type { Outbox } from '../../../../worker/outbox/outbox.ts'
import type { OutboxStore } from '../../../../worker/outbox/outbox-store.ts'
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
 * @returns the reports with a draft that stays
 */
export async function pruneAdditionDrafts(store: OutboxStore, isOpen: (reportId: string) => boolean): Promise<string[]> {
  const before = Object.keys(await readDrafts(store))
  const staying = before.filter(isOpen)
  if (staying.length < before.length) await rewriteDrafts(store, (drafts) => Object.fromEntries(Object.entries(drafts).filter(([reportId]) => isOpen(reportId))))
  return staying
}

/** What was kept, and over it what has been typed since. Dangers add up: neither may hide one. */
export function withTyped(kept: Fields, typed: Fields): Fields {
  const hazards = [...new Set([kept['hazards'] ?? [], typed['hazards'] ?? []].flat())]
  return { ...kept, ...typed, ...(hazards.length > 0 ? { hazards } : {}) }
}

/** By the report that each is about. A phone that keeps nothing has none. */
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
  #id: string
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(form: RefObject<HTMLFormElement | null>, outbox: Outbox, reportId: string) {
    this.#form = form
    this.#store = outbox.store
    this.#reportId = reportId
    this.#id = newFollowUpId(outbox)
  }

  /** The id that the addition will have. */
  get id(): string {
    return this.#id
  }

  /** Puts back what was typed before, under what has been typed since the form opened; false when there was nothing. */
  async restore(): Promise<boolean> {
    const { [this.#reportId]: kept } = await readDrafts(this.#store)
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
    return rewriteDrafts(this.#store, ({ [this.#reportId]: _before, ...others }) =>
      fields ? { ...others, [this.#reportId]: { id: this.#id, fields } } : others,
    )
  }
}
