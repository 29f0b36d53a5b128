import type { Outbox } from '../../../../worker/outbox/outbox.ts'
import { mayGoOn, ownerOf, takenUp } from '../../../../worker/outbox/ownership.ts'
import type { Draft, Owner } from '../../../../worker/outbox/report-record.ts'
import { newDraft } from '../../../../worker/outbox/save-report.ts'
import { dropDraftCopy, keepDraftCopy, newestDraft } from './draft-copy.ts'
import { type Fields, readFields, restoreFields, withPlaceChosen } from './form-fields.ts'

const PAUSE_MS = 250

/** Answered from the start; a draft with nothing else in it is an empty form. */
const PRESET = new Set(['since', 'heardBang', 'neighborsOut', 'premise'])

/** The form's draft: its identity is made once and becomes the report's, whichever way that is sent. */
export class FormDraft {
  #form: HTMLFormElement | null = null
  #outbox: Outbox | null = null
  #draft: Draft | null = null
  #loginId: Owner = null
  #timer: ReturnType<typeof setTimeout> | undefined

  /** Keeps what is typed in `form`, at the latest when the page goes out of sight; until the returned function is called. */
  attach(form: HTMLFormElement, outbox: Outbox): () => void {
    this.#form = form
    this.#outbox = outbox
    const hidden = () => {
      if (this.hasWords()) keepDraftCopy(this.current())
      if (this.#timer !== undefined) this.#keep()
    }
    document.addEventListener('visibilitychange', hidden)
    window.addEventListener('pagehide', hidden)
    return () => {
      clearTimeout(this.#timer)
      document.removeEventListener('visibilitychange', hidden)
      window.removeEventListener('pagehide', hidden)
    }
  }

  /**
   * Puts back what whoever is signed in typed before; false when there was nothing. What a quick thumb has entered since
   * is newer and stays.
   */
  async restore(loginId: Owner): Promise<boolean> {
    this.#loginId = loginId
    const kept = this.#outbox ? await newestDraft(this.#outbox.store, loginId) : undefined
    const isWanted = kept !== undefined && mayGoOn(kept, this.#loginId) && Object.keys(typed(kept.fields)).length > 0
    if (!isWanted || !this.#form || this.#draft) return false
    this.#draft = kept
    restoreFields(this.#form, withPlaceChosen({ ...kept.fields, ...typed(readFields(this.#form)) }))
    this.#form.dispatchEvent(new Event('restored'))
    return true
  }

  /**
   * Another login's words leave the form, and stay on the phone for that login. Those of a session that has ended by itself stay.
   * @returns whether they were put away: then it is time to restore
   */
  async passTo(loginId: Owner, hasLeft: boolean): Promise<boolean> {
    const before = this.#loginId
    this.#loginId = loginId
    if (loginId === before || (loginId === null && !hasLeft)) return false
    if (this.#form && this.hasWords()) {
      const left = { ...takenUp(this.#identity(), before), fields: readFields(this.#form), updatedAtMs: Date.now() }
      if (ownerOf(left) === loginId) return false
      keepDraftCopy(left)
      await this.#outbox?.store.writeDraft(left).catch(() => {})
    }
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#form?.reset()
    this.#draft = null
    return true
  }

  /** The draft as the form stands. */
  current(): Draft {
    if (!this.#form) throw new Error('The draft has no form yet')
    this.#draft = { ...takenUp(this.#identity(), this.#loginId), fields: readFields(this.#form), updatedAtMs: Date.now() }
    return this.#draft
  }

  /** Something was typed or chosen. */
  changed(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#keep(), PAUSE_MS)
  }

  /** Whether something stands in the form that was typed or chosen. */
  hasWords(): boolean {
    return this.#form !== null && Object.keys(typed(readFields(this.#form))).length > 0
  }

  /** Null until something is typed or put back. */
  get id(): string | null {
    return this.#draft?.id ?? null
  }

  /** The words that stand, under a new id: those that went under the old one were others. */
  takeNewId(): void {
    this.#draft = null
    dropDraftCopy()
    this.#keep()
  }

  /**
   * An empty form, for its words were saved as a report: the draft went with that. Nothing is written, for by now
   * the disk may hold what another tab has typed.
   */
  clear(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#form?.reset()
    this.#draft = null
    dropDraftCopy()
  }

  /** A form under a new id, empty or with these words: for another report, never for another try. */
  renew(fields: Fields = {}): void {
    this.clear()
    if (this.#form && Object.keys(fields).length > 0) {
      restoreFields(this.#form, withPlaceChosen(fields))
      this.#form.dispatchEvent(new Event('restored'))
    }
    this.#write({ ...takenUp(this.#identity(), this.#loginId), fields })
  }

  #identity(): Draft {
    if (!this.#outbox) throw new Error('The draft has no outbox yet')
    return (this.#draft ??= newDraft(this.#outbox))
  }

  #keep(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#form) this.#write(this.current())
  }

  /** A phone that keeps nothing says so elsewhere; typing goes on. */
  #write(draft: Draft): void {
    this.#outbox?.store.writeDraft(draft).catch(() => {})
  }
}

function typed(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !PRESET.has(name)))
}
