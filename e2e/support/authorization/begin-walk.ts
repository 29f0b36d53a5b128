import { setTimeout as wait } from 'node:timers/promises'
import { systemClock, systemRandom } from '../../../domain/clock.ts'
import { REPORT_HEADERS } from '../../../domain/report-limits.ts'
import { STAFF_ROLES } from '../../../domain/staff-permissions.ts'
import { uuidV7 } from '../../../domain/uuid.ts'
import { bytesOf, someReport, someSecret } from '../../../server/outages/report-fixture.ts'
import type { Portal } from '../portal.ts'
import { callAction, type ServerActions, serverActions } from './call-action.ts'
import { CookieJar } from './cookie-jar.ts'
import { sessionsOf } from './sessions-of.ts'
import { givePassword, makeWalkingCustomers, signInAsCustomer, signInAsStaff, type Visitor, type WalkingCustomer } from './visitors.ts'
import type { Known } from './who-may.ts'

const PROJECTED_WITHIN_MS = 60_000
const LOOK_EVERY_MS = 100

export interface Walk {
  actions: ServerActions
  known: Known
  jars: Record<Visitor, CookieJar>
}

/** Signs everybody in, and makes what there is to see: a report, an invitation, a second session. Waits until all of it shows. */
export async function beginWalk(portal: Portal): Promise<Walk> {
  const actions = serverActions()
  const [customer, other] = await makeWalkingCustomers(portal)
  const jars = { nobody: new CookieJar(), 'half an agent': await givePassword(portal, actions, 'agent') } as Walk['jars']
  const before = new Set((await sessionsOf(portal, customer.email)).map(({ sessionId }) => sessionId))
  await signInAsCustomer(portal, actions, customer)
  const second = (await sessionsOf(portal, customer.email)).find(({ sessionId }) => !before.has(sessionId))!
  jars.customer = await signInAsCustomer(portal, actions, customer)
  jars['other customer'] = await signInAsCustomer(portal, actions, other)
  for (const role of STAFF_ROLES) jars[role] = await signInAsStaff(portal, actions, role)

  const invitationId = uuidV7(systemClock, systemRandom)
  const reportId = await report(portal, customer)
  const { accountNumber } = customer.account
  const invitation = { form: { commandId: invitationId, accountNumber, email: 'invited-before@example.com', role: 'may-report' } }
  const invite = () => callAction(portal, jars.customer, actions.get('app/account/household/actions.ts#invite')!, [{ answer: 0, typed: {}, wrong: null }, invitation])
  await until('the access of the customer', async () => (await invite()).outcome === 'to /account/household')
  await until('the account at the desk', async () => (await statusOf(portal, jars.agent, `/desk/accounts/${accountNumber}`)) === 200)
  return { actions, jars, known: { customer, other, reportId, invitationId, loginId: second.loginId, secondSessionId: second.sessionId, nobodys: uuidV7(systemClock, systemRandom) } }
}

/** What a page or route answers, unread. */
export async function statusOf({ url }: Portal, jar: CookieJar, path: string): Promise<number> {
  const response = await fetch(url + path, { redirect: 'manual', headers: { accept: 'text/html', ...jar.header() } })
  await response.body?.cancel()
  return response.status
}

async function report(portal: Portal, { account }: WalkingCustomer): Promise<string> {
  const sent = someReport({ place: { accountNumber: account.accountNumber, address: account.personal.address.line1 } })
  const headers = { 'content-type': 'application/json', [REPORT_HEADERS.secret]: someSecret() }
  const { status } = await fetch(`${portal.url}/api/v1/outage-reports`, { method: 'POST', headers, body: bytesOf(sent) })
  if (status !== 201) throw new Error(`the report was answered ${status}`)
  return sent.id
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + PROJECTED_WITHIN_MS
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error(`${what} did not show within ${PROJECTED_WITHIN_MS} ms`)
    await wait(LOOK_EVERY_MS)
  }
}
