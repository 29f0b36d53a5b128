import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { isSignedIn, ownCustomers, requestWith } from '../../../bin/test-support/own-customers.ts'
import { sampleAccount, sampleNewEvent } from '../../../processes/projector/sample-events.ts'
import type { Account } from '../../../domain/account.ts'
import { systemClock, systemRandom } from '../../../domain/clock.ts'
import { uuidV7 } from '../../../domain/uuid.ts'
import { grantAccess } from '../../access/grant-access.ts'
import { accessOf } from '../../access/list-access.ts'
import { requireAccess } from '../../access/require-access.ts'
import { ForbiddenError, InvalidInputError, LogUnavailableError, NotFoundError, NotSignedInError } from '../../platform/errors.ts'
import { utility } from '../../../utility.config.ts'
import { acceptInvitation } from './accept-invitation.ts'
import { changeHouseholdRole, leaveHousehold, listHousehold, withdrawInvitation } from './household.ts'
import { openInvitation } from './invitations.ts'
import { inviteToAccount } from './invite-to-account.ts'
import { makeLogin } from './make-login.ts'
import { signInCustomer } from './sign-in-customer.ts'
import { signUpByInvitation } from './sign-up-by-invitation.ts'

const PASSWORD = 'seven quiet lanterns drift'
const [home, shop] = [sampleAccount(1), sampleAccount(2)]
const DAY_MS = 86_400_000
const newId = () => uuidV7(systemClock, systemRandom)

interface Person {
  loginId: string
  headers: Headers
}
let own: Awaited<ReturnType<typeof ownCustomers>>
let owner: Person
let stranger: Person
beforeAll(async () => {
  own = await ownCustomers([home, shop])
  owner = await person('owner@example.com')
  stranger = await person('stranger@example.com')
  for (const [{ loginId }, account] of [[owner, home], [stranger, shop]] as const) {
    await grantAccess({ log: own.log, clock: systemClock, utility }, { grantId: newId(), loginId, account, role: 'owner', how: 'sign-up', by: loginId })
  }
  await own.folded()
})
afterAll(() => own.close())

async function person(email: string): Promise<Person> {
  const { loginId } = await makeLogin(own.customers, { email, password: PASSWORD, locale: 'en' })
  return { loginId, headers: requestWith(await signInCustomer(own.customers, { email, password: PASSWORD, headers: new Headers(), source: '192.0.2.1' })) }
}

const invite = (email: string, { role = 'may-report', headers = owner.headers, accountNumber = home.accountNumber, invitationId = newId() } = {}) =>
  inviteToAccount(own.customers, { invitationId, accountNumber, email, role, headers })

async function tokenFor(email: string): Promise<string> {
  await own.customers.messages.idle()
  return new URL(own.messages.findLast((message) => message.to === email && message.template === 'invitation')!.values.link!).searchParams.get('token')!
}

const rolesAt = async (loginId: string) => (await accessOf(own.sources, loginId)).value.map(({ accountNumber, role }) => [accountNumber, role])

describe('an invitation to an account @identity', () => {
  it('makes a login for who has none, in the role that it promises; the link works once', async () => {
    await invite(' Guest@Example.com', { role: 'may-pay' })
    const token = await tokenFor('guest@example.com')
    expect(JSON.stringify(await own.customers.database.customerInvitation.findMany())).not.toContain(token)
    expect(await openInvitation(own.customers, token)).toMatchObject({ email: 'guest@example.com', role: 'may-pay', hasLogin: false })
    await expect(signUpByInvitation(own.customers, { token, password: 'password1234', headers: new Headers() })).rejects.toThrow(InvalidInputError)
    expect(isSignedIn(await signUpByInvitation(own.customers, { token, password: PASSWORD, headers: new Headers() }))).toBe(true)
    const { id } = await own.customers.database.customerLogin.findUniqueOrThrow({ where: { email: 'guest@example.com' } })
    await own.folded()
    expect(await rolesAt(id)).toEqual([[home.accountNumber, 'may-pay']])
    await expect(openInvitation(own.customers, token)).rejects.toThrow(NotFoundError)
  })

  it('is accepted by the login of its address, by one of fifty at once, and by nobody else', async () => {
    const guest = await person('invited@example.com')
    await invite('invited@example.com')
    const token = await tokenFor('invited@example.com')
    await expect(acceptInvitation(own.customers, { token, headers: stranger.headers })).rejects.toThrow(ForbiddenError)
    await expect(acceptInvitation(own.customers, { token, headers: new Headers() })).rejects.toThrow(NotSignedInError)
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => acceptInvitation(own.customers, { token, headers: guest.headers })))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    await own.folded()
    expect(await rolesAt(guest.loginId)).toEqual([[home.accountNumber, 'may-report']])
  })

  it('is sent by owners alone, and the same command once', async () => {
    await expect(invite('a@example.com', { headers: stranger.headers })).rejects.toThrow(NotFoundError)
    await expect(invite('a@example.com', { headers: new Headers() })).rejects.toThrow(NotSignedInError)
    await expect(invite('a@example.com', { role: 'king' })).rejects.toThrow(InvalidInputError)
    const reporter = (await own.customers.database.customerLogin.findUniqueOrThrow({ where: { email: 'invited@example.com' } })).email
    const headers = requestWith(await signInCustomer(own.customers, { email: reporter, password: PASSWORD, headers: new Headers(), source: '192.0.2.1' }))
    await expect(invite('a@example.com', { headers })).rejects.toThrow(ForbiddenError)
    const invitationId = newId()
    for (let often = 0; often < 2; often++) await invite('twice@example.com', { invitationId })
    await own.customers.messages.idle()
    expect(own.messages.filter(({ to }) => to === 'twice@example.com')).toHaveLength(1)
  })

  it('opens nothing when it is over, taken back, or its sender may no longer invite', async () => {
    await invite('late@example.com')
    const token = await tokenFor('late@example.com')
    own.clock.aheadMs = 7 * 24 * 3_600_000 + 1_000
    await expect(openInvitation(own.customers, token)).rejects.toThrow(NotFoundError)
    own.clock.aheadMs = 0
    const { invitations } = await listHousehold(own.customers, { accountNumber: home.accountNumber, headers: owner.headers })
    const { invitationId } = invitations.find(({ email }) => email === 'late@example.com')!
    await expect(withdrawInvitation(own.customers, { accountNumber: shop.accountNumber, invitationId, headers: stranger.headers })).rejects.toThrow(NotFoundError)
    await withdrawInvitation(own.customers, { accountNumber: home.accountNumber, invitationId, headers: owner.headers })
    await expect(openInvitation(own.customers, token)).rejects.toThrow(NotFoundError)
    for (const wrong of [undefined, '', 'x'.repeat(43)]) await expect(openInvitation(own.customers, wrong)).rejects.toThrow(NotFoundError)
  })

  it('lets somebody in again whose access a move of others had ended', async () => {
    const guest = await person('back@example.com')
    const place = sampleAccount(7)
    const give = (loginId: string, account: Account, how: 'sign-up' | 'invitation') =>
      grantAccess({ log: own.log, clock: own.clock, utility }, { grantId: newId(), loginId, account, role: 'owner', how, by: loginId })
    await own.log.append([sampleNewEvent(place)])
    await give(guest.loginId, place, 'invitation')
    const movedIn = sampleAccount(7, { movedInOn: new Date(Date.now() + 2 * DAY_MS).toISOString().slice(0, 10) })
    await own.log.append([sampleNewEvent(movedIn)])
    await give(owner.loginId, movedIn, 'sign-up')
    await own.folded()
    own.clock.aheadMs = 4 * DAY_MS
    onTestFinished(() => void (own.clock.aheadMs = 0))
    await expect(requireAccess(own.customers, guest, place.accountNumber, 'read')).rejects.toThrow(NotFoundError)
    await invite('back@example.com', { accountNumber: place.accountNumber })
    await acceptInvitation(own.customers, { token: await tokenFor('back@example.com'), headers: guest.headers })
    await own.folded()
    expect((await requireAccess(own.customers, guest, place.accountNumber, 'report')).access.role).toBe('may-report')
  })

  it('is not held back by who took the id of the command before, with an invitation of their own', async () => {
    const invitationId = newId()
    await invite('first@example.com', { invitationId, headers: stranger.headers, accountNumber: shop.accountNumber })
    await invite('second@example.com', { invitationId })
    expect(await openInvitation(own.customers, await tokenFor('second@example.com'))).toMatchObject({ accountNumber: home.accountNumber })
  })

  it('is not spent by a process that dies between the access and the link: asked again it is one access', async () => {
    const guest = await person('halfway@example.com')
    await invite('halfway@example.com')
    const token = await tokenFor('halfway@example.com')
    // As a kill leaves it: of what is written the first stands, and nothing after it.
    let written = 0
    const untilKilled = <A extends unknown[], R>(write: (...written: A) => Promise<R>) => (...given: A): Promise<R> => (written++ === 0 ? write(...given) : Promise.reject(new Error('killed')))
    const { customerInvitation } = own.customers.database
    const invitations = { findUnique: (query: Parameters<typeof customerInvitation.findUnique>[0]) => customerInvitation.findUnique(query), updateMany: untilKilled((change: Parameters<typeof customerInvitation.updateMany>[0]) => customerInvitation.updateMany(change)) }
    const database = new Proxy(own.customers.database, { get: (store, name) => (name === 'customerInvitation' ? invitations : Reflect.get(store, name)) as unknown })
    const killed = { ...own.customers, database, log: { ...own.customers.log, append: untilKilled((events: Parameters<typeof own.log.append>[0]) => own.customers.log.append(events)) } }
    await expect(acceptInvitation(killed, { token, headers: guest.headers })).rejects.toThrow()
    expect(await acceptInvitation(own.customers, { token, headers: guest.headers })).toEqual({ accountNumber: home.accountNumber })
    await own.folded()
    expect(await rolesAt(guest.loginId)).toEqual([[home.accountNumber, 'may-report']])
    await expect(openInvitation(own.customers, token)).rejects.toThrow(NotFoundError)
  })

  it('works again when the log did not take the access', async () => {
    const guest = await person('again@example.com')
    await invite('again@example.com')
    const token = await tokenFor('again@example.com')
    vi.spyOn(own.customers.log, 'append').mockRejectedValueOnce(new LogUnavailableError('away'))
    await expect(acceptInvitation(own.customers, { token, headers: guest.headers })).rejects.toThrow(LogUnavailableError)
    vi.restoreAllMocks()
    expect(await acceptInvitation(own.customers, { token, headers: guest.headers })).toEqual({ accountNumber: home.accountNumber })
    await own.folded()
  })
})

describe('a household @identity', () => {
  it('is shown to owners, changed by them, and left by anybody but the last owner', async () => {
    const list = (headers = owner.headers) => listHousehold(own.customers, { accountNumber: home.accountNumber, headers })
    const { members } = await list()
    expect(members.find(({ isYou }) => isYou)).toMatchObject({ email: 'owner@example.com', role: 'owner' })
    await expect(list(stranger.headers)).rejects.toThrow(NotFoundError)
    const guest = members.find(({ email }) => email === 'guest@example.com')!
    const input = { commandId: newId(), accountNumber: home.accountNumber, headers: owner.headers }
    await expect(leaveHousehold(own.customers, { ...input, loginId: owner.loginId })).rejects.toThrow(ForbiddenError)
    await expect(leaveHousehold(own.customers, { ...input, loginId: owner.loginId.toUpperCase() }), 'the same person').rejects.toThrow(ForbiddenError)
    for (const wrong of [{ commandId: 'x' }, { loginId: 'x' }]) await expect(leaveHousehold(own.customers, { ...input, loginId: guest.loginId, ...wrong })).rejects.toThrow(InvalidInputError)
    await expect(changeHouseholdRole(own.customers, { ...input, loginId: owner.loginId, role: 'may-pay' })).rejects.toThrow(ForbiddenError)
    await changeHouseholdRole(own.customers, { ...input, loginId: guest.loginId, role: 'owner' })
    await own.folded()
    await invite('orphan@example.com')
    const token = await tokenFor('orphan@example.com')
    expect(await openInvitation(own.customers, token)).toMatchObject({ role: 'may-report' })
    await leaveHousehold(own.customers, { ...input, commandId: newId(), loginId: owner.loginId })
    await own.folded()
    await expect(list()).rejects.toThrow(NotFoundError)
    await expect(openInvitation(own.customers, token), 'of who may no longer invite').rejects.toThrow(NotFoundError)
    expect(await rolesAt(guest.loginId)).toEqual([[home.accountNumber, 'owner']])
    expect(own.acts.map(({ act }) => act)).toEqual(expect.arrayContaining(['access.invited', 'access.role-changed', 'access.ended', 'access.invitation-withdrawn']))
  })
})
