import type { Metadata } from 'next'
import { textIn } from '../../../messages/text-in.ts'
import { permittedAccounts } from '../../../server/access/require-access.ts'
import type { Customer } from '../../../server/identity/customers/customer-sessions.ts'
import { webServices } from '../../../server/web-services.ts'
import type { Locale } from '../../../domain/report-choices.ts'
import { requestLocale } from '../../_shell/request-locale.ts'
import { AccountNav } from '../_components/account-nav.tsx'
import { DoneNotice } from '../_components/done-notice.tsx'
import { knownNow } from '../_components/known-now.ts'
import { NotNow } from '../_components/not-now.tsx'
import { Opening } from '../_components/opening.tsx'
import { SignedIn } from '../_session/signed-in.tsx'
import { HouseholdSection } from './_components/household-section.tsx'

export async function generateMetadata(): Promise<Metadata> {
  return { title: textIn(await requestLocale())('identity.household.title'), robots: { index: false } }
}

export default async function HouseholdPage({ searchParams }: { searchParams: Promise<{ done?: string | string[] }> }) {
  const { done } = await searchParams
  const locale = await requestLocale()
  const text = textIn(locale)
  return (
    <SignedIn at="/account/household">
      {(customer) => (
        <>
          <AccountNav here="/account/household" locale={locale} />
          <Opening title={text('identity.household.title')} lead={text('identity.household.lead')} />
          <DoneNotice done={done} text={text} />
          <Households customer={customer} locale={locale} />
        </>
      )}
    </SignedIn>
  )
}

async function Households({ customer, locale }: { customer: Customer; locale: Locale }) {
  const permitted = await knownNow(permittedAccounts(webServices().customers, customer.loginId))
  if (permitted === null) return <NotNow />
  if (permitted.value.length === 0) return <p>{textIn(locale)('identity.household.none')}</p>
  return permitted.value.map((one) => <HouseholdSection key={one.access.accountNumber} permitted={one} customer={customer} locale={locale} />)
}
