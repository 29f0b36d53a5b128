import type { Metadata } from 'next'
import { cookies } from 'next/headers'
import { ButtonLink } from '../../../components/button.tsx'
import type { Locale } from '../../../domain/report-choices.ts'
import { textIn } from '../../../messages/text-in.ts'
import { type Invitation, openInvitation } from '../../../server/identity/customers/invitations.ts'
import { NotFoundError, ReadsUnavailableError } from '../../../server/platform/errors.ts'
import { webServices } from '../../../server/web-services.ts'
import { utility } from '../../../utility.config.ts'
import { requestLocale } from '../../_shell/request-locale.ts'
import { fieldsOf } from '../_components/fields-of.ts'
import { IdentityForm } from '../_components/identity-form.tsx'
import { knownNow } from '../_components/known-now.ts'
import { NotNow } from '../_components/not-now.tsx'
import { Opening } from '../_components/opening.tsx'
import { linkCookieName } from '../_session/link-cookie.ts'
import { customerIfAny } from '../_session/signed-in.tsx'
import styles from '../account.module.css'
import { accept, signUpAndAccept } from './actions.ts'

export async function generateMetadata(): Promise<Metadata> {
  return { title: textIn(await requestLocale())('identity.invitation.title'), robots: { index: false } }
}

export default async function InvitationPage() {
  const locale = await requestLocale()
  const text = textIn(locale)
  const invitation = await invitationOfLink()
  return (
    <>
      <Opening title={text('identity.invitation.title')} lead={text(invitation === 'dead' ? 'identity.invitation.noLink' : 'identity.invitation.lead', { name: utility.name })} />
      {invitation === 'unknown' ? <NotNow /> : invitation === 'dead' ? null : <Answer invitation={invitation} locale={locale} />}
    </>
  )
}

type LinkedInvitation = Invitation & { hasLogin: boolean }

async function invitationOfLink(): Promise<LinkedInvitation | 'dead' | 'unknown'> {
  try {
    return await openInvitation(webServices().customers, (await cookies()).get(linkCookieName('/account/invitation'))?.value)
  } catch (error) {
    if (error instanceof NotFoundError) return 'dead'
    if (error instanceof ReadsUnavailableError) return 'unknown'
    throw error
  }
}

/** Whoever is signed in accepts; whoever has a sign-in signs in first; whoever has none makes one, for the mail was theirs. */
async function Answer({ invitation: { accountNumber, role, email, hasLogin }, locale }: { invitation: LinkedInvitation; locale: Locale }) {
  const text = textIn(locale)
  const customer = await knownNow(customerIfAny())
  const what = text('identity.invitation.forAccount', { ending: accountNumber.slice(-4), role: text(`identity.role.${role}`) })
  return (
    <>
      <p>
        <strong>{what}</strong>
        <br />
        {text(`identity.roleMay.${role}`)}
      </p>
      {customer ? (
        <>
          <p>{text('identity.invitation.acceptAs', { email: customer.email })}</p>
          <IdentityForm id="accept" action={accept} fields={[]} submit={text('identity.invitation.accept')} />
        </>
      ) : hasLogin ? (
        <>
          <p>{text('identity.invitation.signInFirst', { email })}</p>
          <ButtonLink look="primary" size="large" href="/account/sign-in?next=/account/invitation" className={styles.start}>
            {text('identity.invitation.signIn')}
          </ButtonLink>
        </>
      ) : (
        <>
          <p>{text('identity.invitation.newLead', { email })}</p>
          <IdentityForm id="join" action={signUpAndAccept} fields={[fieldsOf(text).newPassword()]} submit={text('identity.invitation.newSubmit')} />
        </>
      )}
    </>
  )
}
