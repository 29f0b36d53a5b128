'use client'
import { type RefObject, useEffect, useEffectEvent, useMemo } from 'react'
import type { Outbox } from '../../../../worker/outbox/outbox.ts'
import { FormDraft } from './form-draft.ts'

/** What is typed is kept as it is typed, and put back after a reload, a killed tab or a killed browser. */
export function useDraft(form: RefObject<HTMLFormElement | null>, outbox: Outbox | null, onLoaded: (found: boolean) => void): FormDraft {
  const draft = useMemo(() => new FormDraft(), [])
  const loaded = useEffectEvent(onLoaded)

  useEffect(() => {
    if (!outbox || !form.current) return undefined
    let shown = true
    const stop = draft.attach(form.current, outbox)
    void draft.restore().then((found) => shown && loaded(found))
    return () => {
      shown = false
      stop()
    }
  }, [draft, form, outbox])

  return draft
}
