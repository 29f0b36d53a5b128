import type { Act } from '../audit/record-acts.ts'
import { auditEntrySchema } from '../../domain/audit.ts'
import { systemClock } from '../../domain/clock.ts'
import type { BreakGlassCopy } from './break-glass/break-glass-copy.ts'
import { confirmCode } from './confirm-code.ts'
import type { DemoLogin } from './seed-demo-staff.ts'
import type { SessionCookie } from './session-cookie.ts'
import type { SignInContext } from './sign-in-context.ts'
import { createSignInLimits } from './sign-in-limits.ts'
import { signInStaff } from './sign-in-staff.ts'
import type { StaffAuth } from './staff-auth.ts'
import { totpAt } from './totp.ts'

export const STEP_MS = 30_000

/** A sign-in that counts by itself and remembers what was told to the audit trail. */
export function signInContext(auth: StaffAuth, more: { breakGlass?: BreakGlassCopy; isProviderAlone?: boolean } = {}): SignInContext & { acts: Act[] } {
  const acts: Act[] = []
  return {
    auth, acts, clock: systemClock, limits: createSignInLimits(null), breakGlass: more.breakGlass ?? null, isProviderAlone: more.isProviderAlone ?? false,
    audit: {
      take: (act) => void acts.push(act),
      append: (act) => {
        acts.push(act)
        return Promise.resolve(auditEntrySchema.parse({ entryId: auth.newId(), at: new Date().toISOString(), ...act }))
      },
    },
  }
}

/** As a browser sends them back; what was cleared is gone. */
export function requestWith(cookies: readonly SessionCookie[]): Headers {
  const jar = new Map(cookies.map(({ name, value }) => [name, value]))
  const sent = Array.from(jar).filter(([, value]) => value !== '').map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
  return new Headers({ cookie: sent.join('; ') })
}

/** Password and code, from one address. @returns the cookies of the session */
export async function signInFully(context: SignInContext, login: Pick<DemoLogin, 'email' | 'password' | 'secret'>, source = '192.0.2.7'): Promise<SessionCookie[]> {
  const { cookies } = await signInStaff(context, { ...login, source, headers: new Headers() })
  return confirmCode(context, { code: totpAt(login.secret, Date.now()), source, headers: requestWith(cookies) })
}

/** Lets the present code count once more: tests sign the same person in faster than codes change. */
export async function forgetCodes(auth: StaffAuth): Promise<void> {
  await auth.store.staffTwoFactor.updateMany({ data: { lastStep: 0 } })
}
