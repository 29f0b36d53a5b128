import { createHmac } from 'node:crypto'
import { readEnvironment } from '../platform/environment.ts'
import { demoPassword } from './demo-password.ts'
import type { PasswordHasher } from './password-hasher.ts'
import type { StaffRole } from './staff.ts'
import { createStaffAuth, type StaffAuth } from './staff-auth.ts'
import { readFactor, writeFactor } from './staff-factor.ts'

const DEMO_STAFF = [
  { email: 'agent@example.com', name: 'Demo agent', role: 'agent' },
  { email: 'dispatcher@example.com', name: 'Demo dispatcher', role: 'dispatcher' },
  { email: 'supervisor@example.com', name: 'Demo supervisor', role: 'supervisor' },
  { email: 'auditor@example.com', name: 'Demo auditor', role: 'auditor' },
] as const satisfies readonly { email: string; name: string; role: StaffRole }[]

const FACTOR_CHARS = 28

export interface DemoLogin {
  email: string
  password: string
  role: StaffRole
  /** Of the authenticator, as server/identity/totp.ts takes it. */
  secret: string
}

/**
 * Makes the demo logins, or sets their passwords and second factors right when the secret changed; the same again does nothing.
 * Both are derived from the session secret: they can be printed at each start and are stored nowhere in clear.
 * Refuses outside of demo and test.
 */
export async function seedDemoStaff(options: {
  databaseUrl: string
  sessionSecret: string
  /** As createStaffAuth takes it. */
  passwords?: PasswordHasher
}): Promise<DemoLogin[]> {
  if (readEnvironment(['STORMDOOR_ENV']).STORMDOOR_ENV === 'production') throw new Error('Demo logins are never made in production')
  const auth = createStaffAuth({ ...options, publicUrl: 'http://localhost' })
  try {
    const logins = DEMO_STAFF.map((staff) => ({ ...staff, password: demoPassword(options.sessionSecret, `demo-staff:${staff.email}`), secret: demoFactorSecret(options.sessionSecret, staff.email) }))
    for (const login of logins) await ensureLogin(auth, login)
    return logins.map(({ email, password, role, secret }) => ({ email, password, role, secret }))
  } finally {
    await auth.close()
  }
}

async function ensureLogin(auth: StaffAuth, login: DemoLogin & { name: string }): Promise<void> {
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
  const factor = await readFactor(auth, user.id).catch(() => null)
  if (factor?.secret !== login.secret || !factor.verified) await writeFactor(auth, user.id, { secret: login.secret, verified: true }, [])
}

export function isDemoStaff(email: string): boolean {
  return DEMO_STAFF.some((staff) => staff.email === email)
}

/** Of a demo login's authenticator: whoever runs the demo may ask for its codes. */
export function demoFactorSecret(sessionSecret: string, email: string): string {
  return createHmac('sha256', sessionSecret).update(`demo-staff-factor:${email}`).digest('base64url').slice(0, FACTOR_CHARS)
}
