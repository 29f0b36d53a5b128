import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { freshDatabase } from '../../bin/test-support/fresh-database.ts'
import { temporaryFolder } from '../../bin/test-support/temporary-folder.ts'
import { quickPasswords } from '../../bin/test-support/quick-passwords.ts'
import { systemClock, systemRandom } from '../../domain/clock.ts'
import { InvalidInputError } from '../platform/errors.ts'
import type { EventLog } from '../platform/event-log/event-log.ts'
import { openEventLog } from '../platform/event-log/open-event-log.ts'
import { addStaff } from './administration/add-staff.ts'
import { replaceOwnFactor } from './replace-own-factor.ts'
import { type DemoLogin, seedDemoStaff } from './seed-demo-staff.ts'
import { changeOwnPassword, setPasswordByLink } from './set-password.ts'
import { createStaffAuth, type StaffAuth } from './staff-auth.ts'
import { requestWith, signInContext, signInFully } from './staff-sign-in.fixture.ts'

const sessionSecret = 'a secret of the test, long enough to be one'
const publicUrl = 'http://localhost:3000'
const source = '192.0.2.44'

let auth: StaffAuth
let log: EventLog
let agent: DemoLogin

beforeAll(async () => {
  vi.stubEnv('STORMDOOR_ENV', 'test')
  const databaseUrl = await freshDatabase()
  agent = (await seedDemoStaff({ databaseUrl, sessionSecret, passwords: quickPasswords }))[0]!
  auth = createStaffAuth({ databaseUrl, sessionSecret, publicUrl, passwords: quickPasswords })
  log = await openEventLog({ url: `sqlite:${join(temporaryFolder(), 'log.sqlite')}`, clock: systemClock, region: 'test', node: 'test' })
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await Promise.all([auth.close(), log.close()])
})

async function ruleOf(attempt: Promise<unknown>): Promise<string | undefined> {
  const refusal: unknown = await attempt.then(() => null, (error: unknown) => error)
  expect(refusal).toBeInstanceOf(InvalidInputError)
  return (refusal as InvalidInputError).fields[0]?.rule
}

async function somebodyNew() {
  const context = signInContext(auth)
  const administration = { ...context, log, random: systemRandom, publicUrl }
  const { url } = await addStaff(administration, { kind: 'system', id: 'test' }, { commandId: auth.newId(), email: 'rainmaker.north@example.com', name: 'Rainmaker North', role: 'agent' })
  context.acts.length = 0
  return { context, administration, token: url.split('#')[1]! }
}

describe('a new password of staff @identity', () => {
  test('refuses what is common or made of the person, before anything is told or changed', async () => {
    const { context, administration, token } = await somebodyNew()
    expect(await ruleOf(setPasswordByLink(administration, { token, password: 'iloveyou1234' }))).toBe('password-common')
    expect(await ruleOf(setPasswordByLink(administration, { token, password: 'Rainmaker.North@example' }))).toBe('password-weak')
    expect(context.acts).toEqual([])
    await setPasswordByLink(administration, { token, password: 'seven quiet lanterns drift' })
    expect(context.acts.map(({ act }) => act), 'the link was still good').toEqual(['staff.password-set'])

    const own = signInContext(auth)
    const headers = requestWith(await signInFully(own, agent))
    own.acts.length = 0
    const change = (password: string) => changeOwnPassword({ ...own, log }, { current: agent.password, password, headers })
    expect(await ruleOf(change('password1234'))).toBe('password-common')
    expect(await ruleOf(change(`${agent.email} 1`))).toBe('password-weak')
    expect(own.acts).toEqual([])
    expect(await ruleOf(replaceOwnFactor({ ...own, log }, { code: '000000', source, headers }))).toBe('wrong')
    expect(own.acts.map(({ act }) => act), 'a session that somebody found open').toEqual(['staff.code-refused'])
  })
})
