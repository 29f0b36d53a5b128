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

/** What was typed and not yet saved, by the report that it is about. A phone that keeps nothing has none. */
export async function readAdditionDrafts(store: OutboxStore): Promise<Readonly<Record<string, Kept>>> {
  const kept = await store.readNote('addition-drafts').catch(() => undefined)
  return (kept ?? {}) as Record<string, Kept>
}

/** The draft of the addition in one form. */
export class AdditionDraft {
  readonly #form: RefObject<HTMLFormElement | null>
  readonly #store: OutboxStore
  readonly #reportId: string
  #id: string
  #timer: ReturnType<typeof setTimeout> | undefined
  /** One write after the other: each reads what the one before wrote. */
  #written: Promise<void> = Promise.resolve()

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

  /** Puts back what was typed before; false when there was nothing. */
  async restore(): Promise<boolean> {
    const { [this.#reportId]: kept } = await readAdditionDrafts(this.#store)
    if (!kept || !this.#form.current) return false
    this.#id = kept.id
    restoreFields(this.#form.current, kept.fields)
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
    this.#written = this.#written.then(async () => {
      const { [this.#reportId]: _before, ...others } = await readAdditionDrafts(this.#store)
      const kept = fields ? { ...others, [this.#reportId]: { id: this.#id, fields } } : others
      await this.#store.writeNote('addition-drafts', kept).catch(() => {})
    })
    return this.#written
  }
}
