import type { Metadata } from 'next'
import { textIn } from '../../../../messages/text-in.ts'
import { requestLocale } from '../../../_shell/request-locale.ts'
import { AccountNav } from '../../_components/account-nav.tsx'
import { fieldsOf } from '../../_components/fields-of.ts'
import { IdentityForm } from '../../_components/identity-form.tsx'
import { NoCode } from '../../_components/no-code.tsx'
import { Opening } from '../../_components/opening.tsx'
import { SignedIn } from '../../_session/signed-in.tsx'
import { finishAddAccount } from '../actions.ts'

export async function generateMetadata(): Promise<Metadata> {
  return { title: textIn(await requestLocale())('identity.codeStep.title'), robots: { index: false } }
}

export default async function AddAccountCodePage({ params }: { params: Promise<{ additionId: string }> }) {
  const { additionId } = await params
  const locale = await requestLocale()
  const text = textIn(locale)
  return (
    <SignedIn at="/account/add">
      {() => (
        <>
          <AccountNav here="/account/add" locale={locale} />
          <Opening title={text('identity.codeStep.title')} lead={text('identity.codeStep.lead')} />
          <IdentityForm id="code" action={finishAddAccount} hidden={{ additionId }} fields={[fieldsOf(text).code]} submit={text('identity.add.codeSubmit')} />
          <NoCode again="/account/add" text={text} />
        </>
      )}
    </SignedIn>
  )
}
