import { randomBytes } from 'node:crypto'
import type { Account } from '../../../domain/account.ts'
import { systemClock } from '../../../domain/clock.ts'
import { STAFF_ROLES, type StaffRole } from '../../../domain/staff-permissions.ts'
import { seedDemoCustomer } from '../../../server/identity/customers/seed-demo-customer.ts'
import { openEventLog } from '../../../server/platform/event-log/open-event-log.ts'
import { demoCustomers } from '../../../bin/demo/demo-customers.ts'
import { DEMO_ACCOUNTS, type Portal } from '../portal.ts'
import { callAction, type ServerActions } from './call-action.ts'
import { CookieJar } from './cookie-jar.ts'

/** `half an agent` has given the password and not the code. */
export const VISITORS = ['nobody', 'half an agent', 'customer', 'other customer', ...STAFF_ROLES] as const
export type Visitor = (typeof VISITORS)[number]

export function isStaff(visitor: Visitor): visitor is StaffRole {
  return STAFF_ROLES.some((role) => role === visitor)
}

export function isCustomer(visitor: Visitor): visitor is 'customer' | 'other customer' {
  return visitor === 'customer' || visitor === 'other customer'
}

interface Login {
  email: string
  password: string
}

/** A customer whom no other journey signs in, with one account that nobody else has. */
export interface WalkingCustomer extends Login {
  account: Account
}

/** Two customers, by the place of their accounts in the demo utility: far from those of other journeys. */
export async function makeWalkingCustomers(portal: Portal): Promise<[WalkingCustomer, WalkingCustomer]> {
  const { DATABASE_URL, STORMDOOR_SESSION_SECRET, EVENT_LOG_URL } = portal.stack.env
  const log = await openEventLog({ url: EVENT_LOG_URL!, clock: systemClock, region: 'local', node: 'e2e' })
  const accounts = [...demoCustomers({ count: DEMO_ACCOUNTS })].filter(({ personal }) => personal.email !== undefined).slice(-2)
  const run = randomBytes(4).toString('hex')
  const make = async (account: Account, email: string): Promise<WalkingCustomer> => {
    const login = await seedDemoCustomer({ databaseUrl: DATABASE_URL!, sessionSecret: STORMDOOR_SESSION_SECRET!, log, accounts: [account], email })
    return { ...login, account }
  }
  try {
    return [await make(accounts[0]!, `first-${run}@example.com`), await make(accounts[1]!, `second-${run}@example.com`)]
  } finally {
    await log.close()
  }
}

export async function signInAsCustomer(portal: Portal, actions: ServerActions, { email, password }: Login, jar = new CookieJar()): Promise<CookieJar> {
  const answer = await callAction(portal, jar, actions.get('app/account/sign-in/actions.ts#signIn')!, [{ answer: 0, typed: {}, wrong: null }, { form: { email, password, next: '/account/security' } }])
  if (answer.outcome !== 'to /account/security') throw new Error(`${email} could not sign in: ${answer.outcome}`)
  return jar
}

/** Up to the code. */
export async function givePassword(portal: Portal, actions: ServerActions, role: StaffRole, jar = new CookieJar()): Promise<CookieJar> {
  const { email, password } = portal.staff[role]
  const { outcome } = await callAction(portal, jar, actions.get('app/sign-in/actions.ts#signIn')!, [{ email: '', failure: null }, { form: { email, password } }])
  if (outcome !== 'to /sign-in/code') throw new Error(`${role} could not sign in: ${outcome}`)
  return jar
}

export async function signInAsStaff(portal: Portal, actions: ServerActions, role: StaffRole, jar = new CookieJar()): Promise<CookieJar> {
  await givePassword(portal, actions, role, jar)
  const second = await callAction(portal, jar, actions.get('app/sign-in/code/actions.ts#confirm')!, [null, { form: { code: await portal.staffCode(role) } }])
  if (second.outcome !== 'to /desk') throw new Error(`${role} could not confirm: ${second.outcome}`)
  return jar
}
