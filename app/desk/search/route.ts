import { SEARCH_CHARS } from '../../../domain/account-search.ts'
import { findAccountsByWords } from '../../../server/search/find-accounts-by-words.ts'
import { readWebEnvironment, webServices } from '../../../server/web-services.ts'
import { utility } from '../../../utility.config.ts'
import { answerStaff, NOT_STORED } from '../_staff/answer-staff.ts'

/** What was typed so far comes in the body: a name or a phone number has no place in an address, which is logged. */
export function POST(request: Request): Promise<Response> {
  return answerStaff(request, 'account.search', async (staff) => {
    const typed = (await request.text()).slice(0, SEARCH_CHARS)
    const { search, sources, audit } = webServices()
    const { STORMDOOR_SESSION_SECRET: sessionSecret, SEARCH_FILE: searchFile = null } = readWebEnvironment()
    return Response.json(await findAccountsByWords({ search, searchFile, sources, audit, utility, sessionSecret }, staff, typed), { headers: NOT_STORED })
  })
}
