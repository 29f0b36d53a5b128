import { findAccountsByFact } from '../../../server/search/find-accounts-by-words.ts'
import { readWebEnvironment, webServices } from '../../../server/web-services.ts'
import { utility } from '../../../utility.config.ts'
import { answerStaff, NOT_STORED } from '../_staff/answer-staff.ts'

/** One account in a look-up's list. */
export interface FoundAccount {
  accountNumber: string
  name: string
  address: string
}

/** What was typed comes in the body: a phone number has no place in an address, which is logged. */
export function POST(request: Request): Promise<Response> {
  return answerStaff(request, 'account.search', async (staff) => {
    const typed = (await request.text()).slice(0, 254)
    const { sources, audit } = webServices()
    const { STORMDOOR_SESSION_SECRET: sessionSecret } = readWebEnvironment()
    const found = await findAccountsByFact({ sources, audit, utility, sessionSecret }, staff, typed)
    const accounts: FoundAccount[] = found.map(({ value: { accountNumber, personal } }) => ({
      accountNumber,
      name: personal.name,
      address: [personal.address.line1, personal.address.line2, personal.address.city].filter(Boolean).join(', '),
    }))
    return Response.json(accounts, { headers: NOT_STORED })
  })
}
