import { type ComponentProps, useId } from 'react'
import { Fault, Hint } from './field-words.tsx'
import styles from './field.module.css'

interface Field {
  label: string
  hint?: string
  /** What is wrong and how to put it right. */
  error?: string
  /** Needed where the markup is made in one tree and taken over in another. */
  id?: string
}

/** One line of text with its label above, its hint below the label and its fault below that. */
export function TextField({ label, hint, error, ...input }: Field & ComponentProps<'input'>) {
  const madeId = useId()
  const id = input.id ?? madeId
  return (
    <div className={styles.field}>
      <FieldWords id={id} label={label} hint={hint} error={error} />
      <input className={styles.input} aria-describedby={describedBy(id, hint, error)} aria-invalid={error ? true : undefined} {...input} id={id} />
    </div>
  )
}

/** Several lines of text. */
export function TextArea({ label, hint, error, ...input }: Field & ComponentProps<'textarea'>) {
  const madeId = useId()
  const id = input.id ?? madeId
  return (
    <div className={styles.field}>
      <FieldWords id={id} label={label} hint={hint} error={error} />
      <textarea className={styles.input} aria-describedby={describedBy(id, hint, error)} aria-invalid={error ? true : undefined} {...input} id={id} />
    </div>
  )
}

function FieldWords({ id, label, hint, error }: Field & { id: string }) {
  return (
    <>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      {hint ? <Hint id={`${id}-hint`}>{hint}</Hint> : null}
      {error ? <Fault id={`${id}-error`}>{error}</Fault> : null}
    </>
  )
}

function describedBy(id: string, hint: string | undefined, error: string | undefined): string | undefined {
  const ids = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean)
  return ids.length > 0 ? ids.join(' ') : undefined
}
