'use client'
import { useActionState, useEffect, useRef } from 'react'
import { Button } from '../../../../components/button.tsx'
import { TextField } from '../../../../components/text-field.tsx'
import { FailureCallout } from '../../_components/failure-callout.tsx'
import styles from '../../_components/sign-in-form.module.css'
import { useSignInText } from '../../_components/sign-in-text.tsx'
import { confirm } from '../actions.ts'

/** The code of the authenticator, or a recovery code: one field takes both. */
export function CodeForm() {
  const text = useSignInText()
  const [failure, submit, pending] = useActionState(confirm, null)
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [])
  const wrong = text('signIn.code.wrong')
  return (
    <form action={submit} className={styles.form} noValidate>
      <FailureCallout failure={failure} refused={text('signIn.code.over')} fields={{ '/code': wrong }}>
        <p>
          <a href="/sign-in">{text('signIn.again')}</a>
        </p>
      </FailureCallout>
      <TextField
        ref={field}
        label={text('signIn.code.label')}
        hint={text('signIn.code.hint')}
        name="code"
        autoComplete="one-time-code"
        autoCapitalize="none"
        spellCheck={false}
        error={failure?.code === 'invalid-input' ? wrong : undefined}
        required
      />
      <Button look="primary" type="submit" size="large" aria-disabled={pending}>
        {text('signIn.code.submit')}
      </Button>
      <p>
        <a href="/sign-in">{text('signIn.again')}</a>
      </p>
    </form>
  )
}
