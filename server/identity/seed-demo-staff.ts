import { createHmac } from 'node:crypto'
import { readEnvironment } from '../platform/environment.ts'
import type { StaffRole } from './staff.ts'
import { createStaffAuth, type StaffAuth } from './staff-auth.ts'

const DEMO_STAFF = [
  { email: 'agent@example.com', name: 'Demo agent', role: 'agent' },
  { email: 'dispatcher@example.com', name: 'Demo dispatcher', role: 'dispatcher' },
] as const satisfies readonly { email: string; name: string; role: StaffRole }[]

/** No vowels and no look-alikes: read from a terminal, typed by hand. */
const LETTERS = '23456789bcdfghjkmnpqrstvwxyz'
const GROUPS = 4
const GROUP_CHARS = 4

/**
 * Makes the demo logins, or sets their passwords right when the secret changed; the same again does nothing.
 * The passwords are derived from the session secret: they can be printed at each start and are stored nowhere in clear.
 * Refuses outside of demo and test.
 */
export async function seedDemoStaff(options: {
  databaseUrl: string
  sessionSecret: string
}): Promise<{ email: string; password: string; role: StaffRole }[]> {
  if (readEnvironment(['STORMDOOR_ENV']).STORMDOOR_ENV === 'production') throw new Error('Demo logins are never made in production')
  const auth = createStaffAuth({ ...options, publicUrl: 'http://localhost' })
  try {
    const logins = DEMO_STAFF.map((staff) => ({ ...staff, password: demoPassword(options.sessionSecret, staff.email) }))
    for (const login of logins) await ensureLogin(auth, login)
    return logins.map(({ email, password, role }) => ({ email, password, role }))
  } finally {
    await auth.close()
  }
}

async function ensureLogin(auth: StaffAuth, login: { email: string; name: string; role: StaffRole; password: string }): Promise<void> {
  const { internalAdapter, password } = await auth.context
  const existing = await internalAdapter.findUserByEmail(login.email, { includeAccounts: true })
  const { email, name, role } = login
  const user = existing?.user ?? (await internalAdapter.createUser({ email, name, role, emailVerified: true }, { method: 'credential' }))
  const credential = existing?.accounts.find((account) => account.providerId === 'credential')
  if (!credential) {
    const hash = await password.hash(login.password)
    await internalAdapter.linkAccount({ userId: user.id, providerId: 'credential', accountId: user.id, password: hash })
  } else if (!credential.password || !(await password.verify({ hash: credential.password, password: login.password }))) {
    await internalAdapter.updatePassword(user.id, await password.hash(login.password))
  }
}

function demoPassword(sessionSecret: string, email: string): string {
  const bytes = createHmac('sha256', sessionSecret).update(`demo-staff:${email}`).digest()
  const letters = Array.from(bytes.subarray(0, GROUPS * GROUP_CHARS), (byte) => LETTERS[byte % LETTERS.length]!)
  return Array.from({ length: GROUPS }, (_, group) => letters.slice(group * GROUP_CHARS, (group + 1) * GROUP_CHARS).join('')).join('-')
}
