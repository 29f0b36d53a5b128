'use client'
import { useActionState, useEffect, useRef } from 'react'
import { Button } from '../../../components/button.tsx'
import { Callout } from '../../../components/callout.tsx'
import { TextField } from '../../../components/text-field.tsx'
import { signIn, type SignInState } from '../actions.ts'
import styles from './sign-in-form.module.css'

export interface SignInWords {
  email: string
  password: string
  submit: string
  errorTitle: string
  emailInvalid: string
  passwordMissing: string
  refused: string
  /** With `{minutes}`. */
  tooMany: string
  unavailable: string
  /** With `{code}`. */
  unknown: string
}

const nothingYet: SignInState = { email: '', failure: null }

/** A plain form with a server action: works without script, keeps the email, says what is wrong where it is wrong. */
export function SignInForm({ words }: { words: SignInWords }) {
  const [state, submit, pending] = useActionState(signIn, nothingYet)
  const summary = useRef<HTMLDivElement>(null)
  const { failure } = state
  useEffect(() => {
    if (failure) summary.current?.focus()
  }, [failure])
  const wrong = (field: string) => failure?.fields.some((problem) => problem.field === field) ?? false
  return (
    <form action={submit} className={styles.form} noValidate>
      {failure ? (
        <div ref={summary} tabIndex={-1} className={styles.summary}>
          <Callout kind="danger" title={words.errorTitle} announce>
            <p>{explain(failure, words)}</p>
          </Callout>
        </div>
      ) : null}
      <TextField
        label={words.email}
        name="email"
        type="email"
        autoComplete="username"
        inputMode="email"
        autoCapitalize="none"
        spellCheck={false}
        defaultValue={state.email}
        key={state.email}
        error={wrong('/email') ? words.emailInvalid : undefined}
        required
      />
      <TextField
        label={words.password}
        name="password"
        type="password"
        autoComplete="current-password"
        error={wrong('/password') ? words.passwordMissing : undefined}
        required
      />
      <Button look="primary" type="submit" size="large" aria-disabled={pending}>
        {words.submit}
      </Button>
    </form>
  )
}

function explain(failure: NonNullable<SignInState['failure']>, words: SignInWords): string {
  switch (failure.code) {
    case 'invalid-input':
      return failure.fields.map(({ field }) => (field === '/email' ? words.emailInvalid : words.passwordMissing)).join(' ')
    case 'not-signed-in':
      return words.refused
    case 'too-many-requests':
      return words.tooMany.replace('{minutes}', String(Math.ceil((failure.retryAfterSeconds ?? 60) / 60)))
    case 'reads-unavailable':
      return words.unavailable
    default:
      return words.unknown.replace('{code}', failure.traceId)
  }
}
