import { systemClock, systemRandom } from '../../../../domain/clock.ts'
import { mayDo } from '../../../../domain/access.ts'
import type { Locale } from '../../../../domain/report-choices.ts'
import { uuidV7 } from '../../../../domain/uuid.ts'
import { textIn } from '../../../../messages/text-in.ts'
import type { Permitted } from '../../../../server/access/require-access.ts'
import type { Customer } from '../../../../server/identity/customers/customer-sessions.ts'
import { type HouseholdMember, listHousehold } from '../../../../server/identity/customers/household.ts'
import type { Invitation } from '../../../../server/identity/customers/invitations.ts'
import { webServices } from '../../../../server/web-services.ts'
import { requestHeaders } from '../../../_shell/request-headers.ts'
import { dayIn } from '../../_components/day-in.ts'
import { fieldsOf } from '../../_components/fields-of.ts'
import { IdentityForm } from '../../_components/identity-form.tsx'
import { knownNow } from '../../_components/known-now.ts'
import list from '../../_components/list.module.css'
import { NotNow } from '../../_components/not-now.tsx'
import styles from '../../account.module.css'
import { invite, takeBackInvitation } from '../actions.ts'
import { Person } from './person.tsx'
import { roleField } from './role-field.ts'

/** One account of whoever is signed in: an owner sees who has access and invites others; everybody may leave. */
export async function HouseholdSection({ permitted: { access, account }, customer, locale }: { permitted: Permitted; customer: Customer; locale: Locale }) {
  const text = textIn(locale)
  const { accountNumber, role, from } = access
  const heading = `account-${accountNumber}`
  const own: HouseholdMember = { loginId: customer.loginId, email: customer.email, role, from, isYou: true }
  return (
    <section className={styles.section} aria-labelledby={heading}>
      <h2 id={heading}>{account.value.personal.address.line1}</h2>
      <p className={styles.lead}>
        {text('identity.accountNumber')} {accountNumber}
      </p>
      {mayDo(role, 'manage') ? (
        <Managed accountNumber={accountNumber} locale={locale} />
      ) : (
        <>
          <ul role="list" className={list.list}>
            <Person person={own} accountNumber={accountNumber} mayManage={false} locale={locale} />
          </ul>
          <p className={list.note}>{text('identity.household.notOwner')}</p>
        </>
      )}
    </section>
  )
}

async function Managed({ accountNumber, locale }: { accountNumber: string; locale: Locale }) {
  const text = textIn(locale)
  const household = await knownNow(listHousehold(webServices().customers, { accountNumber, headers: await requestHeaders() }))
  if (household === null) return <NotNow />
  return (
    <>
      <ul role="list" className={list.list}>
        {household.members.map((person) => (
          <Person key={person.loginId} person={person} accountNumber={accountNumber} mayManage locale={locale} />
        ))}
        {household.invitations.map((invitation) => (
          <Invited key={invitation.invitationId} invitation={invitation} locale={locale} />
        ))}
      </ul>
      <details className={list.fold}>
        <summary>{text('identity.household.inviteTitle')}</summary>
        <div className={list.folded}>
          <IdentityForm
            id={`invite-${accountNumber}`}
            action={invite}
            hidden={{ accountNumber, commandId: uuidV7(systemClock, systemRandom) }}
            fields={[fieldsOf(text).othersEmail(text('identity.household.inviteEmailHint')), roleField(text, text('identity.household.inviteRole'), 'may-report')]}
            submit={text('identity.household.inviteSubmit')}
            look="secondary"
          />
        </div>
      </details>
    </>
  )
}

function Invited({ invitation: { invitationId, accountNumber, email, role, expiresAt }, locale }: { invitation: Invitation; locale: Locale }) {
  const text = textIn(locale)
  return (
    <li className={list.item}>
      <p className={list.what}>
        <strong>{email}</strong>
        <span>{text(`identity.role.${role}`)}</span>
        <span className={list.note}>{text('identity.household.invited', { date: dayIn(locale, expiresAt) })}</span>
      </p>
      <IdentityForm
        id={`withdraw-${invitationId}`}
        action={takeBackInvitation}
        fields={[]}
        hidden={{ accountNumber, invitationId }}
        submit={text('identity.household.withdraw')}
        about={email}
        look="secondary"
      />
    </li>
  )
}
