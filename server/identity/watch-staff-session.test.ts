import { expect, onTestFinished, test, vi } from 'vitest'
import { openEventLog } from '../platform/event-log/open-event-log.ts'
import { freshDatabase } from '../../bin/test-support/fresh-database.ts'
import { quickPasswords } from '../../bin/test-support/quick-passwords.ts'
import { temporaryFolder } from '../../bin/test-support/temporary-folder.ts'
import { systemClock, systemRandom } from '../../domain/clock.ts'
import { followRevocations } from './revocations.ts'
import { seedDemoStaff } from './seed-demo-staff.ts'
import { signOutStaff } from './sign-out-staff.ts'
import { createStaffAuth } from './staff-auth.ts'
import { forgetCodes, requestWith, signInContext, signInFully } from './staff-sign-in.fixture.ts'
import { watchStaffSession } from './watch-staff-session.ts'

const shared = { sessionSecret: 'a secret of the test, long enough to be one', publicUrl: 'http://localhost:3000', passwords: quickPasswords }

test('what stays open ends within five seconds of its session, which ended in another process, and nobody else’s with it @identity', async () => {
  vi.stubEnv('STORMDOOR_ENV', 'test')
  onTestFinished(() => void vi.unstubAllEnvs())
  const databaseUrl = await freshDatabase()
  const [agent] = await seedDemoStaff({ ...shared, databaseUrl })
  const log = await openEventLog({ url: `sqlite:${temporaryFolder()}/log.sqlite`, clock: systemClock, region: 'test', node: 'test' })
  const revocations = followRevocations({ log: () => Promise.resolve(log), clock: systemClock, random: systemRandom, logger: { warn: () => undefined } })
  const asked: string[] = []
  const counted: typeof revocations = {
    ...revocations,
    isRevoked: (of, personId, sessionId, issuedAtMs) => {
      asked.push(sessionId)
      return revocations.isRevoked(of, personId, sessionId, issuedAtMs)
    },
  }
  const [auth, elsewhere] = [createStaffAuth({ ...shared, databaseUrl }), createStaffAuth({ ...shared, databaseUrl, revocations: counted })]
  onTestFinished(async () => {
    revocations.close()
    await Promise.all([auth.close(), elsewhere.close(), log.close()])
  })
  const [first, second] = [requestWith(await signInFully(signInContext(auth), agent!)), (await forgetCodes(auth), requestWith(await signInFully(signInContext(auth), agent!)))]
  const ended: string[] = []
  const stops = [watchStaffSession(elsewhere, first, 'desk.read', () => ended.push('first')), watchStaffSession(elsewhere, second, 'desk.read', () => ended.push('second'))]
  onTestFinished(() => stops.forEach((stop) => stop()))
  expect(await revocations.ready(10_000)).toBe(true)
  // Each was found once, and looked at since.
  await vi.waitFor(() => {
    expect(new Set(asked).size).toBe(2)
    for (const sessionId of asked) expect(asked.filter((one) => one === sessionId).length).toBeGreaterThan(1)
  }, { timeout: 20_000, interval: 20 })
  await signOutStaff({ auth, clock: systemClock, audit: { take: () => undefined }, log: () => Promise.resolve(log) }, first)
  await vi.waitFor(() => expect(ended).toEqual(['first']), { timeout: 5_000, interval: 50 })
  watchStaffSession(elsewhere, new Headers(), 'desk.read', () => ended.push('nobody'))
  await vi.waitFor(() => expect(ended).toEqual(['first', 'nobody']), { timeout: 5_000, interval: 50 })
})
