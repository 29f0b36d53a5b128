import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freshDatabase } from '../../bin/test-support/fresh-database.ts'
import { freshRedis } from '../../bin/test-support/fresh-redis.ts'
import { meFixture, type MeFixture, newId, someCustomer } from '../../processes/api/reads/me.fixture.ts'
import { sampleAccount, sampleNewEvent } from '../../processes/projector/sample-events.ts'
import { utility } from '../../utility.config.ts'
import { ConflictError, ForbiddenError, NotFoundError } from '../platform/errors.ts'
import { changeRole } from './change-role.ts'
import { endAccess } from './end-access.ts'
import { grantAccess } from './grant-access.ts'
import { listPeopleOf } from './list-people-of.ts'
import { requireAccess } from './require-access.ts'

const [owner, helper, payer, stranger] = [someCustomer('owner'), someCustomer('helper'), someCustomer('payer'), someCustomer('stranger')]
const account = sampleAccount(1)
const { accountNumber } = account

let fixture: MeFixture
const context = () => ({ sources: fixture.sources, clock: fixture.clock, utility, log: fixture.log })
const people = async () => (await listPeopleOf(context(), accountNumber)).map(({ loginId, role }) => [loginId, role])

beforeAll(async () => {
  fixture = await meFixture({}, { databaseUrl: await freshDatabase(), redisUrl: await freshRedis() })
  await fixture.log.append([sampleNewEvent(account), sampleNewEvent(sampleAccount(2))])
  await fixture.grant(owner, account)
  await fixture.grant(helper, account, 'invitation', 'may-report')
  await grantAccess(context(), { grantId: newId(), loginId: payer.loginId, account, role: 'may-pay', how: 'invitation', by: owner.loginId })
  await fixture.grant(stranger, sampleAccount(2))
  await fixture.folded()
})
afterAll(() => fixture.close())

describe('who may do what for an account @access', () => {
  it('is asked by any spelling of its number; another’s and none at all look the same', async () => {
    const spelled = accountNumber.replace('-', ' ').toLowerCase()
    expect((await requireAccess(context(), helper, spelled, 'report')).access).toMatchObject({ accountNumber, role: 'may-report' })
    for (const number of [accountNumber, 'no-such-account']) await expect(requireAccess(context(), stranger, number, 'read')).rejects.toThrow(NotFoundError)
  })

  it('goes by the role', async () => {
    for (const action of ['pay', 'manage'] as const) await expect(requireAccess(context(), helper, accountNumber, action)).rejects.toThrow(ForbiddenError)
    for (const action of ['read', 'report', 'pay', 'manage'] as const) await requireAccess(context(), owner, accountNumber, action)
  })

  it('is changed by owners alone, and somebody stays an owner while others are there', async () => {
    const role = (loginId: string, wanted: 'owner' | 'may-pay', grantId = newId()) => ({ grantId, loginId, accountNumber, role: wanted })
    await expect(changeRole(context(), helper, role(helper.loginId, 'owner'))).rejects.toThrow(ForbiddenError)
    await expect(changeRole(context(), stranger, role(helper.loginId, 'owner'))).rejects.toThrow(NotFoundError)
    await expect(changeRole(context(), owner, role(stranger.loginId, 'owner')), 'nobody of this account').rejects.toThrow(NotFoundError)
    await expect(changeRole(context(), owner, role(owner.loginId, 'may-pay')), 'the last owner').rejects.toThrow(ForbiddenError)
    await expect(changeRole(context(), stranger, { grantId: newId(), loginId: stranger.loginId, accountNumber: sampleAccount(2).accountNumber, role: 'may-report' }), 'alone there').rejects.toThrow(ForbiddenError)
    await expect(endAccess(context(), owner, { endingId: newId(), loginId: owner.loginId, accountNumber }), 'the last owner').rejects.toThrow(ForbiddenError)

    await expect(endAccess(context(), helper, { endingId: newId(), loginId: payer.loginId, accountNumber }), 'another’s, by no owner').rejects.toThrow(ForbiddenError)

    const before = (await listPeopleOf(context(), accountNumber)).find(({ loginId }) => loginId === helper.loginId)!
    const grantId = newId()
    for (const attempt of [1, 2]) await expect(changeRole(context(), owner, role(helper.loginId, 'owner', grantId)).then(() => attempt)).resolves.toBe(attempt)
    await expect(changeRole(context(), owner, role(helper.loginId, 'may-pay', grantId)), 'the id of another change').rejects.toThrow(ConflictError)
    await fixture.folded()
    const after = (await listPeopleOf(context(), accountNumber)).find(({ loginId }) => loginId === helper.loginId)!
    expect([after.role, after.from], 'they see no more than before').toEqual(['owner', before.from])
  })

  it('ends for who leaves or is removed, at once; fifty endings at once are one', async () => {
    await endAccess(context(), payer, { endingId: newId(), loginId: payer.loginId, accountNumber })
    await expect(endAccess(context(), stranger, { endingId: newId(), loginId: owner.loginId, accountNumber })).rejects.toThrow(NotFoundError)
    const endingId = newId()
    await Promise.all(Array.from({ length: 50 }, () => endAccess(context(), helper, { endingId, loginId: owner.loginId, accountNumber })))
    await fixture.folded()
    expect(await people()).toEqual([[helper.loginId, 'owner']])
    await expect(requireAccess(context(), owner, accountNumber, 'read')).rejects.toThrow(NotFoundError)
    expect((await fixture.log.statistics('identity')).conflicts).toBe(0)
    await endAccess(context(), helper, { endingId: newId(), loginId: helper.loginId, accountNumber })
    await fixture.folded()
    expect(await people()).toEqual([])
  })

  it('begins with the move-in for who proved to be the customer, and now for who was invited', async () => {
    const moved = sampleAccount(3, { movedInOn: '2020-05-01' })
    await fixture.log.append([sampleNewEvent(moved)])
    const give = (loginId: string, how: 'added' | 'invitation') => grantAccess(context(), { grantId: newId(), loginId, account: moved, role: 'owner', how, by: loginId })
    await give(owner.loginId, 'added')
    await give(helper.loginId, 'invitation')
    await fixture.folded()
    const from = async (loginId: string) => (await requireAccess(context(), { loginId }, moved.accountNumber, 'read')).access.from
    expect(await from(owner.loginId)).toBe('2020-05-01T07:00:00.000Z')
    expect(Date.now() - Date.parse(await from(helper.loginId))).toBeLessThan(60_000)
  })
})
