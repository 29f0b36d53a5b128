'use client'
import { useActionState, useEffect, useSyncExternalStore } from 'react'
import { Button } from '../../../../components/button.tsx'
import { TextField } from '../../../../components/text-field.tsx'
import { FailureCallout } from '../../_components/failure-callout.tsx'
import styles from '../../_components/sign-in-form.module.css'
import { useSignInText } from '../../_components/sign-in-text.tsx'
import { setPassword } from '../actions.ts'

let held = ''

function tokenOfAddress(): string {
  held = location.hash.slice(1) || held
  return held
}

function noChange(): () => void {
  return () => undefined
}

/** The link's token stands behind `#`, which no server is sent; it leaves the address at once. */
export function NewPasswordForm() {
  const text = useSignInText()
  const [failure, submit, pending] = useActionState(setPassword, null)
  const token = useSyncExternalStore(noChange, tokenOfAddress, () => '')
  useEffect(() => history.replaceState(null, '', location.pathname), [])
  const rule = failure?.fields.find(({ field }) => field === '/password')?.rule
  const wrong = text(rule === 'password-too-short' || rule === 'password-too-long' ? 'signIn.newPassword.short' : 'signIn.newPassword.guessable')
  return (
    <form action={submit} className={styles.form} noValidate>
      <FailureCallout failure={failure} refused={text('signIn.newPassword.over')} fields={{ '/password': wrong }} />
      <input type="hidden" name="token" value={token} readOnly />
      <TextField
        label={text('signIn.newPassword.label')}
        hint={text('signIn.newPassword.hint')}
        name="password"
        type="password"
        autoComplete="new-password"
        error={failure?.code === 'invalid-input' ? wrong : undefined}
        required
      />
      <Button look="primary" type="submit" size="large" aria-disabled={pending}>
        {text('signIn.newPassword.submit')}
      </Button>
    </form>
  )
}
