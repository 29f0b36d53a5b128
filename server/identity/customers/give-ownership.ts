import type { Account } from '../../../domain/account.ts'
import { grantAccess } from '../../access/grant-access.ts'
import { listPeopleOf } from '../../access/list-people-of.ts'
import { uuidV5 } from '../../platform/uuid-v5.ts'
import type { CustomerAuth } from './customer-auth.ts'
import { messageLocale } from './message-locale.ts'

/**
 * Makes a login that has proved itself by a code an owner of the account; owners that it has already are told.
 * Throws LogUnavailableError or IndeterminateError: the same again is the same grant.
 * @param codeId of the code that proved it
 */
export async function giveOwnership(customers: CustomerAuth, { codeId, loginId, email, account, how }: { codeId: string; loginId: string; email: string; account: Account; how: 'sign-up' | 'added' }): Promise<void> {
  await grantAccess(customers, { grantId: uuidV5('access-by-code', codeId, loginId), loginId, account, role: 'owner', how, by: loginId })
  customers.audit.take({ actor: { kind: 'customer', id: loginId }, act: 'access.given', subject: { kind: 'account', id: account.accountNumber }, after: { loginId, role: 'owner', how } })
  customers.messages.later(() => tellOwners(customers, { loginId, email, account }))
}

async function tellOwners(customers: CustomerAuth, { loginId, email, account }: { loginId: string; email: string; account: Account }): Promise<void> {
  const { database, messages } = customers
  const owners = (await listPeopleOf(customers, account.accountNumber)).filter((person) => person.role === 'owner' && person.loginId !== loginId)
  const logins = await database.customerLogin.findMany({ where: { id: { in: owners.map((owner) => owner.loginId) } }, select: { id: true, email: true } })
  for (const login of logins) {
    const values = { email, ending: account.accountNumber.slice(-4), link: customers.link('/account/security') }
    messages.send({ to: login.email, channel: 'email', locale: await messageLocale(customers, login.id, account.language), template: 'new-owner', values })
  }
}
