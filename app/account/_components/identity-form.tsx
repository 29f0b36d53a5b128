'use client'
import { useActionState, useEffect, useRef } from 'react'
import { Button } from '../../../components/button.tsx'
import { TextField } from '../../../components/text-field.tsx'
import { ChoiceGroup } from '../../../components/choice-group.tsx'
import { type FormAction, NOT_ASKED } from './form-state.ts'
import spoken from '../../../components/spoken.module.css'
import styles from './identity-form.module.css'
import { PasswordField, type PasswordWords } from './password-field.tsx'
import { WrongSummary } from './wrong-summary.tsx'

interface Words {
  name: string
  label: string
  hint?: string
}

/** One field of a form, as plain data: the page that asks for it is made on the server. */
export type FormField = Words &
  (
    | { kind: 'text'; autoComplete?: string; inputMode?: 'email' | 'numeric' | 'text'; type?: 'text' | 'email'; defaultValue?: string; maxLength?: number }
    | { kind: 'password'; autoComplete: 'current-password' | 'new-password'; words: PasswordWords }
    | { kind: 'one'; choices: readonly { value: string; label: string; hint?: string }[]; chosen: string }
  )

interface IdentityFormProps {
  /** Before the ids of its fields, where a page has several forms. */
  id: string
  action: FormAction
  fields: readonly FormField[]
  hidden?: Readonly<Record<string, string>>
  submit: string
  /** What the button is about, for whoever does not see where it stands. */
  about?: string
  look?: 'primary' | 'secondary' | 'danger'
}

/** A plain form with a server action: works without script, keeps what was typed, and says what is wrong where it is put right. */
export function IdentityForm({ id, action, fields, hidden, submit, about, look = 'primary' }: IdentityFormProps) {
  const [state, send, pending] = useActionState(action, NOT_ASKED)
  const summary = useRef<HTMLDivElement>(null)
  const { answer, typed, wrong } = state
  useEffect(() => {
    if (answer > 0) summary.current?.focus()
  }, [answer])
  const errorOf = (name: string) => wrong?.fields.find(({ field }) => field === name)?.words
  return (
    <form action={send} onSubmit={pending ? (event) => event.preventDefault() : undefined} className={styles.form} noValidate>
      {wrong ? <WrongSummary ref={summary} wrong={wrong} idOf={(name) => fieldId(id, name)} /> : null}
      {Object.entries(hidden ?? {}).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {fields.map((field) => (
        <Control key={field.name} id={fieldId(id, field.name)} field={field} answer={answer} typed={typed[field.name]} error={errorOf(field.name)} />
      ))}
      <Button look={look} size={look === 'primary' ? 'large' : 'normal'} type="submit" aria-disabled={pending} className={styles.submit}>
        {submit}
        {about ? <span className={spoken.spoken}>({about})</span> : null}
      </Button>
    </form>
  )
}

function Control({ id, field, answer, typed, error }: { id: string; field: FormField; answer: number; typed: string | undefined; error: string | undefined }) {
  switch (field.kind) {
    case 'password': {
      const { kind: _kind, words, ...rest } = field
      return <PasswordField {...rest} id={id} words={words} answer={answer} error={error} />
    }
    case 'one':
      return (
        <ChoiceGroup
          key={answer}
          id={id}
          legend={field.label}
          hint={field.hint}
          error={error}
          name={field.name}
          kind="one"
          choices={field.choices}
          chosen={[typed ?? field.chosen]}
        />
      )
    case 'text': {
      const { kind: _kind, defaultValue, ...rest } = field
      return <TextField key={answer} {...rest} id={id} defaultValue={typed ?? defaultValue} autoCapitalize="none" spellCheck={false} error={error} required />
    }
  }
}

function fieldId(form: string, name: string): string {
  return `${form}-${name}`
}
