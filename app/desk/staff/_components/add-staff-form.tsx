'use client'
import { useActionState } from 'react'
import { Button } from '../../../../components/button.tsx'
import { TextField } from '../../../../components/text-field.tsx'
import { useDeskText } from '../../_components/desk-text.tsx'
import { administer, type Administered } from '../actions.ts'
import styles from '../staff.module.css'
import { Outcome } from './outcome.tsx'
import { RoleChoice } from './role-choice.tsx'

const nothingYet: Administered = { failure: null, done: null }

export function AddStaffForm({ commandId }: { commandId: string }) {
  const { text } = useDeskText()
  const [outcome, submit, pending] = useActionState(administer, nothingYet)
  const wrong = (field: string) => outcome.failure?.fields.some((problem) => problem.field === field) ?? false
  return (
    <form action={submit} className={styles.form} noValidate>
      <h2>{text('desk.staff.add')}</h2>
      <Outcome {...outcome} />
      <input type="hidden" name="commandId" value={commandId} />
      <TextField label={text('desk.staff.name')} name="name" autoComplete="off" error={wrong('/name') ? text('desk.staff.nameMissing') : undefined} required />
      <TextField label={text('desk.staff.email')} name="email" type="email" autoComplete="off" error={wrong('/email') ? text('desk.staff.emailInvalid') : undefined} required />
      <RoleChoice label={text('desk.staff.role')} />
      <Button type="submit" name="act" value="add" look="primary" aria-disabled={pending}>
        {text('desk.staff.addSubmit')}
      </Button>
    </form>
  )
}
