'use client'
import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react'

/**
 * Keeps the keyboard's place in a list that changes by itself: a row that moves takes the focus with it, and where one goes its
 * successor has it. Rows are links with `data-report-id`.
 */
export function useListFocus(list: RefObject<HTMLElement | null>, ids: readonly string[]) {
  const last = useRef<{ id: string; index: number } | null>(null)
  const isInside = useRef(false)
  /** Asked for and not drawn yet. */
  const wanted = useRef<string | null>(null)
  const rowOf = (id: string | undefined) => (id === undefined ? null : (list.current?.querySelector<HTMLElement>(`[data-report-id="${CSS.escape(id)}"]`) ?? null))

  useEffect(() => {
    const onFocus = (event: FocusEvent) => {
      const row = event.target instanceof Element ? event.target.closest('[data-row]') : null
      isInside.current = row !== null
      const id = row?.querySelector<HTMLElement>('[data-report-id]')?.dataset['reportId']
      if (id !== undefined) last.current = { id, index: [...(list.current?.children ?? [])].indexOf(row!) }
    }
    // Whoever presses elsewhere leaves the list, also where nothing takes the focus.
    const onPress = (event: PointerEvent) => {
      isInside.current = event.target instanceof Element && event.target.closest('[data-row]') !== null
    }
    document.addEventListener('focusin', onFocus)
    document.addEventListener('pointerdown', onPress)
    return () => {
      document.removeEventListener('focusin', onFocus)
      document.removeEventListener('pointerdown', onPress)
    }
  }, [list])

  useLayoutEffect(() => {
    const drawn = wanted.current === null ? null : rowOf(wanted.current)
    if (drawn) {
      wanted.current = null
      drawn.focus()
    }
    const { current: place } = last
    if (!place) return
    const index = ids.indexOf(place.id)
    if (isInside.current && (document.activeElement === document.body || document.activeElement === null)) {
      rowOf(index === -1 ? ids[Math.min(place.index, ids.length - 1)] : place.id)?.focus({ preventScroll: true })
    } else if (index !== -1) place.index = index
  })

  return {
    /** The row that has the focus, or had it last. */
    current: (): string | null => (last.current && ids.includes(last.current.id) ? last.current.id : null),
    /** Also one that is drawn only after this. */
    focus: (id: string) => {
      const row = rowOf(id)
      wanted.current = row ? null : id
      row?.focus()
    },
    hasFocus: () => isInside.current,
  }
}
