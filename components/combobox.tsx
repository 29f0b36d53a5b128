'use client'
import { Combobox as Headless } from '@base-ui/react/combobox'
import { useId, useRef, useState, useSyncExternalStore } from 'react'
import field from './field.module.css'
import styles from './popup.module.css'

export interface ComboboxItem {
  id: string
  label: string
  note: string
}

const TYPING_PAUSE_MS = 250

interface ComboboxProps {
  label: string
  hint: string
  nothingFound: string
  failed: string
  /** Finds items for what was typed; an abort means that something else was typed since. */
  search: (typed: string, signal: AbortSignal) => Promise<ComboboxItem[]>
  onChoose: (item: ComboboxItem | null) => void
}

/**
 * A field that looks something up while it is typed into and offers what it finds. Shows nothing without script,
 * which it needs; and in the server's HTML the library's inline style is against the policy.
 */
export function Combobox(props: ComboboxProps) {
  const scripted = useSyncExternalStore(never, () => true, () => false)
  return scripted ? <LookUp {...props} /> : null
}

function never(): () => void {
  return () => undefined
}

function LookUp(props: ComboboxProps) {
  const id = useId()
  const [items, setItems] = useState<ComboboxItem[]>([])
  const [note, setNote] = useState('')
  const asking = useRef<AbortController>(null)
  const pause = useRef<number>(undefined)

  const ask = async (typed: string, signal: AbortSignal) => {
    try {
      const found = await props.search(typed, signal)
      if (signal.aborted) return
      setItems(found)
      setNote(found.length === 0 ? props.nothingFound : '')
    } catch {
      if (!signal.aborted) setNote(props.failed)
    }
  }
  const onTyped = (typed: string, reason: string) => {
    asking.current?.abort()
    window.clearTimeout(pause.current)
    setNote('')
    if (reason === 'item-press') return
    if (typed.trim() === '') return setItems([])
    const controller = new AbortController()
    asking.current = controller
    pause.current = window.setTimeout(() => void ask(typed, controller.signal), TYPING_PAUSE_MS)
  }

  return (
    <div className={field.field}>
      <Headless.Root
        items={items}
        filter={null}
        itemToStringLabel={(item: ComboboxItem) => item.label}
        isItemEqualToValue={(item, value) => item.id === value.id}
        onInputValueChange={(typed, { reason }) => onTyped(typed, reason)}
        onValueChange={props.onChoose}
      >
        <label className={field.label} htmlFor={id}>
          {props.label}
        </label>
        <p className={field.hint} id={`${id}-hint`}>
          {props.hint}
        </p>
        <Headless.Input id={id} className={field.input} aria-describedby={`${id}-hint`} autoComplete="off" />
        <Headless.Portal>
          <Headless.Positioner className={styles.positioner} sideOffset={4}>
            <Headless.Popup className={styles.popup}>
              <Headless.Status className={styles.note}>{note}</Headless.Status>
              <Headless.List>
                {(item: ComboboxItem) => (
                  <Headless.Item key={item.id} value={item} className={styles.item}>
                    <span className={styles.check}>
                      <Headless.ItemIndicator>✓</Headless.ItemIndicator>
                    </span>
                    <span>
                      {item.label}
                      <span className={styles.itemNote}>{item.note}</span>
                    </span>
                  </Headless.Item>
                )}
              </Headless.List>
            </Headless.Popup>
          </Headless.Positioner>
        </Headless.Portal>
      </Headless.Root>
    </div>
  )
}
