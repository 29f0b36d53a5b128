'use client'
import { type RefObject, useEffect, useEffectEvent, useMemo } from 'react'
import type { Outbox } from '../../../../worker/outbox/outbox.ts'
import { FormDraft } from './form-draft.ts'
import type { WhoIsHere } from './who-is-here.ts'

/** What is typed is kept as it is typed, and put back after a reload, a killed tab or a killed browser, for whoever typed it. */
export function useDraft(
  form: RefObject<HTMLFormElement | null>,
  outbox: Outbox | null,
  { loginId, hasLeft }: Pick<WhoIsHere, 'loginId' | 'hasLeft'>,
  onLoaded: (found: boolean) => void,
): FormDraft {
  const draft = useMemo(() => new FormDraft(), [])
  const loaded = useEffectEvent(onLoaded)
  const begin = useEffectEvent(async () => loaded(await draft.restore(loginId)))

  useEffect(() => {
    if (!outbox || !form.current) return undefined
    const stop = draft.attach(form.current, outbox)
    void begin()
    return stop
  }, [draft, form, outbox])

  useEffect(() => {
    const passOn = async () => {
      if (outbox && (await draft.passTo(loginId, hasLeft))) loaded(await draft.restore(loginId))
    }
    void passOn()
  }, [draft, outbox, loginId, hasLeft])

  return draft
}
