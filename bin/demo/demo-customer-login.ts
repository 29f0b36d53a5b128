import { systemClock } from '../../domain/clock.ts'
import { seedDemoCustomer } from '../../server/identity/customers/seed-demo-customer.ts'
import { openEventLog } from '../../server/platform/event-log/open-event-log.ts'
import { DEMO_ACCOUNTS } from './demo-accounts.ts'
import { demoCustomers } from './demo-customers.ts'

const OWN_ACCOUNTS = 2

export interface DemoCustomerLogin {
  email: string
  password: string
  /** Of somebody who has not signed up yet: to try it. */
  unclaimed: { accountNumber: string; phone: string }
}

/** The demo's customer with the first accounts of the demo utility, and an account that is nobody's yet. */
export async function demoCustomerLogin({ eventLogUrl, databaseUrl, sessionSecret }: { eventLogUrl: string; databaseUrl: string; sessionSecret: string }): Promise<DemoCustomerLogin> {
  const accounts = demoCustomers({ count: DEMO_ACCOUNTS }).take(OWN_ACCOUNTS + 1).toArray()
  const { accountNumber, personal } = accounts.pop()!
  const log = await openEventLog({ url: eventLogUrl, clock: systemClock, region: 'local', node: 'demo' })
  try {
    return { ...(await seedDemoCustomer({ databaseUrl, sessionSecret, log, accounts })), unclaimed: { accountNumber, phone: personal.phones[0]! } }
  } finally {
    await log.close()
  }
}
