'use client'
import { useActionState } from 'react'
import { Button } from '../../../../components/button.tsx'
import type { StaffEntry } from '../../../../server/identity/administration/list-staff.ts'
import { useDeskText } from '../../_components/desk-text.tsx'
import { administer, type Administered, type StaffAct } from '../actions.ts'
import styles from '../staff.module.css'
import { Outcome } from './outcome.tsx'
import { RoleChoice } from './role-choice.tsx'

const nothingYet: Administered = { failure: null, done: null }

/** @param ids of the commands that can be given here: made with the form, the same when it is sent again */
export function StaffRow({ member, isSelf, ids }: { member: StaffEntry; isSelf: boolean; ids: Record<Exclude<StaffAct, 'add'>, string> }) {
  const { text } = useDeskText()
  const [outcome, submit, pending] = useActionState(administer, nothingYet)
  const { staffId, name, email, role, disabledAt, hasFactor, hasPassword, isOfProvider } = member
  const ways = [isOfProvider && text('desk.staff.ways.provider'), hasPassword && text('desk.staff.ways.password'), hasFactor && text('desk.staff.ways.factor')].filter(Boolean).join(', ')
  return (
    <li className={styles.row} aria-label={name}>
      <div>
        <strong>{name}</strong>
        <p className={styles.soft}>{`${email} · ${text(`desk.roles.${role}`)} · ${disabledAt ? text('desk.staff.disabled') : ways || text('desk.staff.ways.none')}`}</p>
      </div>
      <Outcome {...outcome} />
      {isSelf ? (
        <p className={styles.soft}>{text('desk.staff.self')}</p>
      ) : (
        <form action={submit} className={styles.actions}>
          <input type="hidden" name="staffId" value={staffId} />
          <input type="hidden" name="email" value={email} />
          {Object.entries(ids).map(([act, id]) => (
            <input key={act} type="hidden" name={`commandId-${act}`} value={id} />
          ))}
          <RoleChoice role={role} label={text('desk.staff.roleOf', { name })} />
          <Button type="submit" name="act" value="role" aria-disabled={pending}>
            {text('desk.staff.changeRole')}
          </Button>
          <Button type="submit" name="act" value="factor" aria-disabled={pending}>
            {text('desk.staff.resetFactor')}
          </Button>
          <Button type="submit" name="act" value="password" aria-disabled={pending}>
            {text('desk.staff.resetPassword')}
          </Button>
          <Button type="submit" name="act" value={disabledAt ? 'enable' : 'disable'} look={disabledAt ? 'secondary' : 'danger'} aria-disabled={pending}>
            {disabledAt ? text('desk.staff.enable') : text('desk.staff.disable')}
          </Button>
        </form>
      )}
    </li>
  )
}
