import type { Account } from '../../../domain/account.ts'
import { systemClock, systemRandom } from '../../../domain/clock.ts'
import { utility } from '../../../utility.config.ts'
import { grantAccess } from '../../access/grant-access.ts'
import { readEnvironment } from '../../platform/environment.ts'
import type { EventLog } from '../../platform/event-log/event-log.ts'
import { uuidV5 } from '../../platform/uuid-v5.ts'
import { demoPassword } from '../demo-password.ts'
import { customerLibrary } from './customer-library.ts'

const EMAIL = 'customer@example.com'
/** A machine that has just started everything is busy. */
const PATIENTLY_MS = 30_000

/**
 * Makes the demo's customer, owner of the accounts given, or sets the password right when the secret changed; the same again does
 * nothing. The password is derived from the session secret and stored nowhere in clear. Refuses outside of demo and test.
 */
export async function seedDemoCustomer({ databaseUrl, sessionSecret, log, accounts, email = EMAIL }: { databaseUrl: string; sessionSecret: string; log: Pick<EventLog, 'append'>; accounts: readonly Account[]; email?: string }): Promise<{ email: string; password: string }> {
  if (readEnvironment(['STORMDOOR_ENV']).STORMDOOR_ENV === 'production') throw new Error('Demo logins are never made in production')
  const clock = systemClock
  const library = customerLibrary({ databaseUrl, sessionSecret, publicUrl: 'http://localhost', answersWithinMs: PATIENTLY_MS, utilityName: utility.name, clock, random: systemRandom })
  const login = { email, password: demoPassword(sessionSecret, `demo-customer:${email}`) }
  try {
    const { internalAdapter, password } = await library.context
    const existing = await internalAdapter.findUserByEmail(login.email, { includeAccounts: true })
    const user = existing?.user ?? (await internalAdapter.createUser({ email: login.email, name: 'customer', emailVerified: true }, { method: 'credential' }))
    const credential = existing?.accounts.find((account) => account.providerId === 'credential')
    if (!credential) {
      await internalAdapter.linkAccount({ userId: user.id, providerId: 'credential', accountId: user.id, password: await password.hash(login.password) })
    } else if (!credential.password || !(await password.verify({ hash: credential.password, password: login.password }))) {
      await internalAdapter.updatePassword(user.id, await password.hash(login.password))
    }
    for (const account of accounts) {
      const grantId = uuidV5('demo-access', user.id, account.accountNumber)
      await grantAccess({ log, clock, utility }, { grantId, loginId: user.id, account, role: 'owner', how: 'sign-up', by: user.id })
    }
    return login
  } finally {
    await library.close()
  }
}
