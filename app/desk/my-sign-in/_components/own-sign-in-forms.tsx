'use client'
import { useActionState } from 'react'
import { Button } from '../../../../components/button.tsx'
import { Callout } from '../../../../components/callout.tsx'
import { TextField } from '../../../../components/text-field.tsx'
import type { ActionFailure } from '../../../action-result.ts'
import { useDeskText } from '../../_components/desk-text.tsx'
import { changePassword, type OwnChange, replaceFactor } from '../actions.ts'
import styles from '../my-sign-in.module.css'

const nothingYet: OwnChange = { failure: null, done: false }

export function OwnPasswordForm() {
  const { text } = useDeskText()
  const [{ failure, done }, submit, pending] = useActionState(changePassword, nothingYet)
  return (
    <form action={submit} className={styles.form} noValidate>
      <h2>{text('desk.mySignIn.password')}</h2>
      {done ? <Callout kind="ok" title={text('desk.mySignIn.passwordDone')} announce /> : null}
      <Failure failure={failure} />
      <TextField label={text('desk.mySignIn.current')} name="current" type="password" autoComplete="current-password" error={has(failure, '/current') ? text('desk.mySignIn.currentWrong') : undefined} required />
      <TextField
        label={text('desk.mySignIn.new')}
        hint={text('desk.mySignIn.newHint')}
        name="password"
        type="password"
        autoComplete="new-password"
        error={wrongPassword(failure, text)}
        required
      />
      <Button type="submit" look="primary" aria-disabled={pending}>
        {text('desk.mySignIn.passwordSubmit')}
      </Button>
    </form>
  )
}

export function OwnFactorForm() {
  const { text } = useDeskText()
  const [{ failure }, submit, pending] = useActionState(replaceFactor, nothingYet)
  return (
    <form action={submit} className={styles.form} noValidate>
      <h2>{text('desk.mySignIn.factor')}</h2>
      <p>{text('desk.mySignIn.factorLead')}</p>
      <Failure failure={failure} />
      <TextField
        label={text('desk.mySignIn.code')}
        name="code"
        autoComplete="one-time-code"
        autoCapitalize="none"
        spellCheck={false}
        error={has(failure, '/code') ? text('desk.mySignIn.codeWrong') : undefined}
        required
      />
      <Button type="submit" aria-disabled={pending}>
        {text('desk.mySignIn.factorSubmit')}
      </Button>
    </form>
  )
}

function wrongPassword(failure: ActionFailure | null, text: ReturnType<typeof useDeskText>['text']): string | undefined {
  const rule = failure?.fields.find(({ field }) => field === '/password')?.rule
  if (rule === undefined) return undefined
  return text(rule === 'password-too-short' || rule === 'password-too-long' ? 'desk.mySignIn.newHint' : 'desk.mySignIn.newGuessable')
}

function has(failure: ActionFailure | null, field: string): boolean {
  return failure?.fields.some((problem) => problem.field === field) ?? false
}

function Failure({ failure }: { failure: ActionFailure | null }) {
  const { text } = useDeskText()
  if (!failure || failure.code === 'invalid-input') return null
  return <Callout kind="danger" title={text('desk.staff.failed', { code: failure.code === 'unknown' ? failure.traceId : failure.code })} announce />
}
