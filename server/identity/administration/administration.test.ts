import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { freshDatabase } from '../../../bin/test-support/fresh-database.ts'
import { temporaryFolder } from '../../../bin/test-support/temporary-folder.ts'
import { quickPasswords } from '../../../bin/test-support/quick-passwords.ts'
import { systemClock, systemRandom } from '../../../domain/clock.ts'
import { recordActs } from '../../audit/record-acts.ts'
import { ConflictError, ForbiddenError, LogUnavailableError, NotFoundError, NotSignedInError } from '../../platform/errors.ts'
import type { EventLog } from '../../platform/event-log/event-log.ts'
import { openEventLog } from '../../platform/event-log/open-event-log.ts'
import { requireStaff } from '../require-staff.ts'
import { followRevocations } from '../revocations.ts'
import { type DemoLogin, seedDemoStaff } from '../seed-demo-staff.ts'
import { changeOwnPassword } from '../set-password.ts'
import { signInStaff } from '../sign-in-staff.ts'
import { createStaffAuth, type StaffAuth } from '../staff-auth.ts'
import { forgetCodes, requestWith, signInContext, signInFully } from '../staff-sign-in.fixture.ts'
import type { Staff, StaffRole } from '../staff.ts'
import type { AdministrationContext } from './administration-context.ts'
import { changeStaffRole } from './change-staff-role.ts'
import { disableStaff } from './disable-staff.ts'
import { listStaff } from './list-staff.ts'
import { resetStaffFactor } from './reset-staff-factor.ts'

const sessionSecret = 'a secret of the test, long enough to be one'
const publicUrl = 'http://localhost:3000'
const DEAD_DATABASE = 'postgresql://nobody@127.0.0.1:1/none'

let auth: StaffAuth
let log: EventLog
let logUrl: string
let databaseUrl: string
let context: AdministrationContext
let logins: Map<StaffRole, DemoLogin>
let members: Map<StaffRole, Staff>

beforeAll(async () => {
  vi.stubEnv('STORMDOOR_ENV', 'test')
  databaseUrl = await freshDatabase()
  logins = new Map((await seedDemoStaff({ databaseUrl, sessionSecret, passwords: quickPasswords })).map((login) => [login.role, login]))
  auth = createStaffAuth({ databaseUrl, sessionSecret, publicUrl, passwords: quickPasswords })
  logUrl = `sqlite:${join(temporaryFolder(), 'log.sqlite')}`
  log = await openEventLog({ url: logUrl, clock: systemClock, region: 'test', node: 'test' })
  const audit = recordActs({ log, clock: systemClock, random: systemRandom, logger: { error: () => undefined } })
  context = { auth, log, audit, clock: systemClock, random: systemRandom, publicUrl }
  members = new Map((await listStaff(auth, null)).map(({ staffId, name, role }) => [role, { staffId, name, role }]))
})

beforeEach(() => forgetCodes(auth))

afterAll(async () => {
  vi.unstubAllEnvs()
  await Promise.all([auth.close(), log.close()])
})

const by = (role: StaffRole) => ({ kind: 'staff', staff: members.get(role)! }) as const
const of = (role: StaffRole) => members.get(role)!.staffId
const commandId = () => auth.newId()

async function acts(): Promise<unknown[]> {
  const told: unknown[] = []
  for await (const batch of log.read('identity/0', null, { signal: new AbortController().signal, follow: false })) {
    for (const { envelope, first } of batch) if (first && envelope.type === 'audit.recorded.v1') told.push(...(envelope.data as { entries: unknown[] }).entries)
  }
  return told
}

describe('the administration of staff @identity', () => {
  test('is for supervisors, and for nobody about themselves', async () => {
    for (const role of ['agent', 'dispatcher', 'auditor'] as const) {
      await expect(changeStaffRole(context, by(role), { commandId: commandId(), staffId: of('agent'), role: 'supervisor' }), role).rejects.toThrow(ForbiddenError)
      await expect(listStaff(auth, members.get(role)!), role).rejects.toThrow(ForbiddenError)
    }
    const own = { commandId: commandId(), staffId: of('supervisor') }
    await expect(changeStaffRole(context, by('supervisor'), { ...own, role: 'auditor' })).rejects.toThrow(ForbiddenError)
    await expect(disableStaff(context, by('supervisor'), { ...own, disabled: true })).rejects.toThrow(ForbiddenError)
    await expect(resetStaffFactor(context, by('supervisor'), own)).rejects.toThrow(ForbiddenError)
    await expect(disableStaff(context, by('supervisor'), { commandId: commandId(), staffId: commandId(), disabled: true })).rejects.toThrow(NotFoundError)
    expect(await acts()).toEqual([])
  })

  test('never takes the last supervisor away, of two at once neither', async () => {
    const system = { kind: 'system', id: 'test' } as const
    await expect(disableStaff(context, system, { commandId: commandId(), staffId: of('supervisor'), disabled: true })).rejects.toThrow(ConflictError)
    await changeStaffRole(context, system, { commandId: commandId(), staffId: of('auditor'), role: 'supervisor' })
    const outcomes = await Promise.allSettled(['supervisor', 'auditor'].map((role) => changeStaffRole(context, system, { commandId: commandId(), staffId: of(role as StaffRole), role: 'agent' })))
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    for (const role of ['supervisor', 'auditor'] as const) await changeStaffRole(context, system, { commandId: commandId(), staffId: of(role), role }).catch(() => undefined)
    await changeStaffRole(context, system, { commandId: commandId(), staffId: of('auditor'), role: 'auditor' })
    expect((await listStaff(auth, null)).map(({ role }) => role).sort()).toEqual(['agent', 'auditor', 'dispatcher', 'supervisor'])
  })

  test('ends the sessions of whoever gets another role within a second in another process, also while Postgres is away there', async () => {
    const headers = requestWith(await signInFully(signInContext(auth), logins.get('agent')!))
    // Another process: its own connection to the log, and no Postgres.
    const elsewhere = await openEventLog({ url: logUrl, clock: systemClock, region: 'test', node: 'other' })
    const revocations = followRevocations({ log: () => Promise.resolve(elsewhere), clock: systemClock, random: systemRandom, logger: { warn: () => undefined } })
    const other = createStaffAuth({ databaseUrl: DEAD_DATABASE, sessionSecret, publicUrl, revocations, passwords: quickPasswords })
    onTestFinished(async () => {
      revocations.close()
      await Promise.all([other.close(), elsewhere.close()])
    })
    expect(await requireStaff(other, headers)).toMatchObject({ role: 'agent' })
    await changeStaffRole(context, by('supervisor'), { commandId: commandId(), staffId: of('agent'), role: 'dispatcher' })
    await vi.waitFor(() => expect(requireStaff(other, headers)).rejects.toThrow(NotSignedInError), { timeout: 1_000, interval: 20 })
    await expect(requireStaff(auth, headers)).rejects.toThrow(NotSignedInError)
    expect((await acts()).at(-1)).toMatchObject({ actor: { kind: 'staff', id: of('supervisor'), role: 'supervisor' }, act: 'staff.role-changed', subject: { id: of('agent') }, before: { role: 'agent' }, after: { role: 'dispatcher' } })
    await forgetCodes(auth)
    const anew = requestWith(await signInFully(signInContext(auth), logins.get('agent')!))
    expect(await requireStaff(other, anew), 'a session of later').toMatchObject({ role: 'dispatcher' })
  })

  test('lets nobody in who was disabled, and asks for a new authenticator where one was reset', async () => {
    const agent = logins.get('agent')!
    const headers = requestWith(await signInFully(signInContext(auth), agent))
    await disableStaff(context, by('supervisor'), { commandId: commandId(), staffId: of('agent'), disabled: true })
    await expect(requireStaff(auth, headers)).rejects.toThrow(NotSignedInError)
    await forgetCodes(auth)
    await expect(signInFully(signInContext(auth), agent)).rejects.toThrow(NotSignedInError)
    await disableStaff(context, by('supervisor'), { commandId: commandId(), staffId: of('agent'), disabled: false })
    await resetStaffFactor(context, by('supervisor'), { commandId: commandId(), staffId: of('agent') })
    expect(await signInStaff(signInContext(auth), { ...agent, source: '192.0.2.1', headers: new Headers() })).toMatchObject({ next: 'enrol' })
    await seedDemoStaff({ databaseUrl, sessionSecret, passwords: quickPasswords })
  })

  test('changes nothing that the log does not have first', async () => {
    const unkept = { ...context, audit: { append: () => Promise.reject(new LogUnavailableError('no log')) } }
    await expect(changeStaffRole(unkept, by('supervisor'), { commandId: commandId(), staffId: of('dispatcher'), role: 'agent' })).rejects.toThrow(LogUnavailableError)
    expect((await listStaff(auth, null)).find(({ staffId }) => staffId === of('dispatcher'))?.role).toBe('dispatcher')
  })
})

test('a changed password ends all other sessions of its owner, and not the one in which it was changed @identity', async () => {
  const dispatcher = logins.get('dispatcher')!
  const other = requestWith(await signInFully(signInContext(auth), dispatcher))
  await forgetCodes(auth)
  const headers = requestWith(await signInFully(signInContext(auth), dispatcher))
  const cookies = await changeOwnPassword(context, { current: dispatcher.password, password: 'another one of the test', headers })
  expect(await requireStaff(auth, requestWith(cookies))).toMatchObject({ role: 'dispatcher' })
  await expect(requireStaff(auth, other)).rejects.toThrow(NotSignedInError)
  await expect(requireStaff(auth, headers)).rejects.toThrow(NotSignedInError)
})
