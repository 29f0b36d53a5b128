'use client'
import { createContext, type ReactNode, useContext, useEffect, useEffectEvent, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import { KeysDialog } from './keys-dialog.tsx'

/** What a key does, by `event.key`; false when it was not for it just now. */
type KeyBindings = Record<string, () => boolean | void>

interface DeskKeys {
  bind: (bindings: KeyBindings) => () => void
  showHelp: boolean
  setShowHelp: (shown: boolean) => void
}

const Context = createContext<DeskKeys | null>(null)
const PAGES: Record<string, string> = { 'g d': '/desk', 'g s': '/desk/system', 'g u': '/desk/undelivered' }
/** Between the first key and the second. */
const SECOND_KEY_WITHIN_MS = 1_500
const STORED = 'stormdoor-desk-keys'
const TYPED_IN = 'input, textarea, select, [contenteditable], [role="combobox"], [role="textbox"]'
/** The box over all accounts where there is one, else the filter's. */
const SEARCHES = '[data-desk-search], [data-desk-filter-text]'
const OVER_THE_PAGE = '[role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"]'

/** The keys of the desk's pages: heard on the whole page, but never while something is typed or a dialog or menu is open. */
export function DeskKeysProvider({ children }: { children: ReactNode }) {
  const bound = useRef(new Set<KeyBindings>())
  const first = useRef({ key: '', atMs: 0 })
  const [showHelp, setShowHelp] = useState(false)
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
    if (event.target instanceof Element && event.target.closest(TYPED_IN)) return
    if (document.querySelector(OVER_THE_PAGE) || (event.key.length === 1 && !areKeysOn())) return
    const before = event.timeStamp - first.current.atMs < SECOND_KEY_WITHIN_MS ? first.current.key : ''
    first.current = { key: event.key === 'g' && before !== 'g' ? 'g' : '', atMs: event.timeStamp }
    const name = before === 'g' ? `g ${event.key}` : event.key
    const page = PAGES[name]
    const own = [...bound.current].findLast((bindings) => Object.hasOwn(bindings, name))?.[name]
    if (page) window.location.assign(page)
    else if (name === '?') setShowHelp(true)
    else if (name === '/') document.querySelector<HTMLElement>(SEARCHES)?.focus()
    else if (!own || own() === false) return
    event.preventDefault()
  })
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event)
    document.addEventListener('keydown', listener)
    return () => document.removeEventListener('keydown', listener)
  }, [])
  const keys = useMemo(() => {
    const bind = (bindings: KeyBindings) => {
      bound.current.add(bindings)
      return () => void bound.current.delete(bindings)
    }
    return { bind, showHelp, setShowHelp }
  }, [showHelp])
  return <Context value={keys}>{children}</Context>
}

function useKeys(): DeskKeys {
  const value = useContext(Context)
  if (!value) throw new Error('The keys of the desk need a DeskKeysProvider above them')
  return value
}

/** Binds keys while the component is there; of two for one key the later one counts. */
export function useDeskKeys(bindings: KeyBindings): void {
  const { bind } = useKeys()
  const call = useEffectEvent((name: string) => bindings[name]?.())
  const names = Object.keys(bindings).join('\n')
  useEffect(() => bind(Object.fromEntries(names.split('\n').map((name) => [name, () => call(name)]))), [bind, names])
}

/** The button that tells the keys, and turns those of one letter on and off. */
export function KeysButton() {
  const { showHelp, setShowHelp } = useKeys()
  const areOn = useSyncExternalStore(onStorage, areKeysOn, () => true)
  return <KeysDialog isOpen={showHelp} onOpenChange={setShowHelp} areOn={areOn} onTurn={turnKeys} />
}

const listeners = new Set<() => void>()

function onStorage(listener: () => void): () => void {
  listeners.add(listener)
  window.addEventListener('storage', listener)
  return () => {
    listeners.delete(listener)
    window.removeEventListener('storage', listener)
  }
}

/** Of this device. A browser that keeps nothing has them on. */
function areKeysOn(): boolean {
  try {
    return localStorage.getItem(STORED) !== 'off'
  } catch {
    return true
  }
}

function turnKeys(on: boolean): void {
  try {
    if (on) localStorage.removeItem(STORED)
    else localStorage.setItem(STORED, 'off')
  } catch {
    // It keeps nothing: they stay on.
  }
  for (const listener of listeners) listener()
}
