'use client'
import { type RefObject, useEffect, useEffectEvent, useMemo } from 'react'
import type { Outbox } from '../../../../worker/outbox/outbox.ts'
import type { Owner } from '../../../../worker/outbox/report-record.ts'
import { AdditionDraft } from './addition-draft.ts'

/** What is typed into an addition is kept as it is typed, and put back when its form opens again. */
export function useAdditionDraft(form: RefObject<HTMLFormElement | null>, outbox: Outbox, reportId: string, loginId: Owner, onRestored: () => void): AdditionDraft {
  const draft = useMemo(() => new AdditionDraft(form, outbox, reportId, loginId), [form, outbox, reportId, loginId])
  const restored = useEffectEvent(onRestored)

  useEffect(() => {
    let shown = true
    void draft.restore().then((found) => found && shown && restored())
    const stop = draft.keepWhenHidden()
    return () => {
      shown = false
      stop()
    }
  }, [draft])

  return draft
}
