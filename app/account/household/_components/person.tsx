import { systemClock, systemRandom } from '../../../../domain/clock.ts'
import type { Locale } from '../../../../domain/report-choices.ts'
import { uuidV7 } from '../../../../domain/uuid.ts'
import { textIn } from '../../../../messages/text-in.ts'
import type { HouseholdMember } from '../../../../server/identity/customers/household.ts'
import { dayIn } from '../../_components/day-in.ts'
import { IdentityForm } from '../../_components/identity-form.tsx'
import list from '../../_components/list.module.css'
import { changePersonsRole, removePerson } from '../actions.ts'
import { roleField } from './role-field.ts'

interface PersonProps {
  person: HouseholdMember
  accountNumber: string
  /** Whether whoever looks is an owner. */
  mayManage: boolean
  locale: Locale
}

/** Somebody with access to an account, and what may be done about it. What cannot be taken back is asked once more, without script too. */
export function Person({ person: { loginId, email, role, from, isYou }, accountNumber, mayManage, locale }: PersonProps) {
  const text = textIn(locale)
  const name = email ?? text('identity.household.person')
  const hidden = { accountNumber, loginId, own: isYou ? 'yes' : 'no' }
  const [ask, sure, yes] = isYou
    ? [text('identity.household.leave'), text('identity.household.leaveSure'), text('identity.household.leaveYes')]
    : [text('identity.household.remove'), text('identity.household.removeSure'), text('identity.household.removeYes')]
  return (
    <li className={list.item}>
      <p className={list.what}>
        <strong>{isYou ? `${text('identity.household.you')} · ${name}` : name}</strong>
        <span>{text(`identity.role.${role}`)}</span>
        <span className={list.note}>{text('identity.household.since', { date: dayIn(locale, from) })}</span>
      </p>
      {mayManage && !isYou ? (
        <details className={list.fold}>
          <summary>{text('identity.household.change')}</summary>
          <div className={list.folded}>
            <IdentityForm
              id={`role-${accountNumber}-${loginId}`}
              action={changePersonsRole}
              hidden={{ ...hidden, commandId: uuidV7(systemClock, systemRandom) }}
              fields={[roleField(text, text('identity.household.inviteRole'), role)]}
              submit={text('identity.household.change')}
              about={name}
              look="secondary"
            />
          </div>
        </details>
      ) : null}
      <details className={list.fold}>
        <summary>{ask}</summary>
        <div className={list.folded}>
          <p>{sure}</p>
          <IdentityForm
            id={`remove-${accountNumber}-${loginId}`}
            action={removePerson}
            hidden={{ ...hidden, commandId: uuidV7(systemClock, systemRandom) }}
            fields={[]}
            submit={yes}
            about={name}
            look="danger"
          />
        </div>
      </details>
    </li>
  )
}
