import { redirect } from 'next/navigation'
import type { ReactNode } from 'react'
import { cache } from 'react'
import type { Customer } from '../../../server/identity/customers/customer-sessions.ts'
import { ReadsUnavailableError } from '../../../server/platform/errors.ts'
import { webServices } from '../../../server/web-services.ts'
import { requestHeaders } from '../../_shell/request-headers.ts'
import { NotNow } from '../_components/not-now.tsx'

/** Who is signed in, or null. Asked once per request. Throws ReadsUnavailableError while it cannot be known. */
export const customerIfAny = cache(async (): Promise<Customer | null> => {
  const sent = await requestHeaders()
  return webServices().customers.find(sent)
})

/** Opens every page of whoever is signed in: others go to sign in and come back. @param at the page's own address */
export async function SignedIn({ at, children }: { at: string; children: (customer: Customer) => ReactNode | Promise<ReactNode> }) {
  const customer = await customerIfAny().catch((error: unknown) => {
    if (error instanceof ReadsUnavailableError) return 'unknown' as const
    throw error
  })
  if (customer === 'unknown') return <NotNow />
  if (!customer) redirect(`/account/sign-in?next=${encodeURIComponent(at)}`)
  return children(customer)
}
