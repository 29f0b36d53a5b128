'use client'
import { useActionState } from 'react'
import { Button, ButtonLink } from '../../../../components/button.tsx'
import { TextField } from '../../../../components/text-field.tsx'
import { FailureCallout } from '../../_components/failure-callout.tsx'
import styles from '../../_components/sign-in-form.module.css'
import { useSignInText } from '../../_components/sign-in-text.tsx'
import { enrol, type EnrolState } from '../actions.ts'
import { RecoveryCodes } from './recovery-codes.tsx'

const nothingYet: EnrolState = { failure: null, recoveryCodes: null }

/** Scan or type the secret, show the first code, keep the recovery codes. */
export function EnrolForm({ qr, secret }: { qr: string | null; secret: string | null }) {
  const text = useSignInText()
  const [{ failure, recoveryCodes }, submit, pending] = useActionState(enrol, nothingYet)
  if (recoveryCodes) return <RecoveryCodes codes={recoveryCodes} />
  if (!qr || !secret) return <ButtonLink href="/desk">{text('signIn.enrol.toDesk')}</ButtonLink>
  const wrong = text('signIn.code.wrong')
  return (
    <form action={submit} className={styles.form} noValidate>
      <FailureCallout failure={failure} refused={text('signIn.code.over')} fields={{ '/code': wrong }}>
        <p>
          <a href="/sign-in">{text('signIn.again')}</a>
        </p>
      </FailureCallout>
      <p>{text('signIn.enrol.lead')}</p>
      <img src={qr} alt={text('signIn.enrol.qr')} width={220} height={220} className={styles.qr} />
      <div>
        <p>{text('signIn.enrol.typed')}</p>
        <p>
          <code className={styles.secret}>{secret.match(/.{1,4}/g)?.join(' ')}</code>
        </p>
      </div>
      <TextField
        label={text('signIn.enrol.code')}
        name="code"
        inputMode="numeric"
        autoComplete="one-time-code"
        spellCheck={false}
        error={failure?.code === 'invalid-input' ? wrong : undefined}
        required
      />
      <Button look="primary" type="submit" size="large" aria-disabled={pending}>
        {text('signIn.enrol.submit')}
      </Button>
    </form>
  )
}
