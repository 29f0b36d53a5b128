import type { Metadata } from 'next'
import { textIn } from '../../../messages/text-in.ts'
import { requestLocale } from '../../_shell/request-locale.ts'
import { AccountNav } from '../_components/account-nav.tsx'
import { fieldsOf } from '../_components/fields-of.ts'
import { IdentityForm } from '../_components/identity-form.tsx'
import { Opening } from '../_components/opening.tsx'
import { SignedIn } from '../_session/signed-in.tsx'
import { askForAccountCode } from './actions.ts'

export async function generateMetadata(): Promise<Metadata> {
  return { title: textIn(await requestLocale())('identity.add.title'), robots: { index: false } }
}

export default async function AddAccountPage() {
  const locale = await requestLocale()
  const text = textIn(locale)
  const { accountNumber, contact } = fieldsOf(text)
  return (
    <SignedIn at="/account/add">
      {() => (
        <>
          <AccountNav here="/account/add" locale={locale} />
          <Opening title={text('identity.add.title')} lead={text('identity.add.lead')} />
          <IdentityForm id="add" action={askForAccountCode} fields={[accountNumber, contact]} submit={text('identity.add.submit')} />
        </>
      )}
    </SignedIn>
  )
}
