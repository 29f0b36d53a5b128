'use client'
import { Dialog as Headless } from '@base-ui/react/dialog'
import type { ReactNode } from 'react'
import { Button } from './button.tsx'
import styles from './dialog.module.css'

interface DialogProps {
  /** On the button, the heading, and the button that closes it. */
  open: string
  title: string
  close: string
  /** Given by who also opens it by other means than the button. */
  isOpen?: boolean
  onOpenChange?: (isOpen: boolean) => void
  /** The id of the popover that the button stands in, if it does: it would lie over the dialog. */
  hides?: string
  children: ReactNode
}

/** A button that opens a dialog over the page; Escape, the close button and a press outside close it. */
export function Dialog({ open, title, close, isOpen, onOpenChange, hides, children }: DialogProps) {
  return (
    <Headless.Root open={isOpen} onOpenChange={onOpenChange}>
      <Headless.Trigger render={<Button look="quiet" popoverTarget={hides} popoverTargetAction={hides ? 'hide' : undefined} />}>{open}</Headless.Trigger>
      <Headless.Portal>
        <Headless.Backdrop className={styles.backdrop} />
        <Headless.Popup className={styles.popup}>
          <Headless.Title className={styles.title}>{title}</Headless.Title>
          {children}
          <div className={styles.actions}>
            <Headless.Close render={<Button />}>{close}</Headless.Close>
          </div>
        </Headless.Popup>
      </Headless.Portal>
    </Headless.Root>
  )
}
