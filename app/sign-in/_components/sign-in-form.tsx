'use client'
import { useActionState } from 'react'
import { Button } from '../../../components/button.tsx'
import { TextField } from '../../../components/text-field.tsx'
import { signIn, type SignInState } from '../actions.ts'
import { FailureCallout } from './failure-callout.tsx'
import styles from './sign-in-form.module.css'
import { useSignInText } from './sign-in-text.tsx'

const nothingYet: SignInState = { email: '', failure: null }

/** A plain form with a server action: works without script, keeps the email, says what is wrong where it is wrong. */
export function SignInForm() {
  const text = useSignInText()
  const [state, submit, pending] = useActionState(signIn, nothingYet)
  const { failure } = state
  const fields = { '/email': text('signIn.emailInvalid'), '/password': text('signIn.passwordMissing') }
  const wrong = (field: keyof typeof fields) => (failure?.fields.some((problem) => problem.field === field) ? fields[field] : undefined)
  return (
    <form action={submit} className={styles.form} noValidate>
      <FailureCallout failure={failure} refused={text('signIn.refused')} fields={fields} />
      <TextField
        label={text('signIn.email')}
        name="email"
        type="email"
        autoComplete="username"
        inputMode="email"
        autoCapitalize="none"
        spellCheck={false}
        defaultValue={state.email}
        key={state.email}
        error={wrong('/email')}
        required
      />
      <TextField label={text('signIn.password')} name="password" type="password" autoComplete="current-password" error={wrong('/password')} required />
      <Button look="primary" type="submit" size="large" aria-disabled={pending}>
        {text('signIn.submit')}
      </Button>
    </form>
  )
}
