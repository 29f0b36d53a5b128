import { z } from 'zod'

const instant = z.iso.datetime()

/** What a login may do for an account. An owner may do all, and decides who else may. */
export const ACCESS_ROLES = ['owner', 'may-pay', 'may-report'] as const
export type AccessRole = (typeof ACCESS_ROLES)[number]

const ACCESS_ACTIONS = ['read', 'report', 'pay', 'manage'] as const
export type AccessAction = (typeof ACCESS_ACTIONS)[number]

const ALLOWED: Record<AccessRole, readonly AccessAction[]> = {
  owner: ['read', 'report', 'pay', 'manage'],
  'may-pay': ['read', 'report', 'pay'],
  'may-report': ['read', 'report'],
}

export function mayDo(role: AccessRole, action: AccessAction): boolean {
  return ALLOWED[role].includes(action)
}

/** A login may act for an account from now on. Told again with another role it replaces the first: the newest of a login and an account counts. */
export const accessGrantedSchema = z.object({
  grantId: z.uuid(),
  loginId: z.uuid(),
  accountNumber: z.string().min(1).max(32),
  role: z.enum(ACCESS_ROLES),
  /** When it begins: what happened at the account before stays unseen. */
  from: instant,
  how: z.enum(['sign-up', 'added', 'invitation', 'role-changed']),
  /** The login that gave it; the login itself when it matched a code. */
  by: z.uuid(),
})
export type AccessGranted = z.infer<typeof accessGrantedSchema>

export const accessEndedSchema = z.object({
  endingId: z.uuid(),
  loginId: z.uuid(),
  accountNumber: z.string().min(1).max(32),
  at: instant,
  reason: z.enum(['removed', 'left', 'moved-out', 'erased']),
  by: z.string().max(64),
})
export type AccessEnded = z.infer<typeof accessEndedSchema>

export const NEWS_CHANNELS = ['sms', 'email', 'push'] as const

const localTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/)

/**
 * How a person wants to be reached: the whole of it at each change. The event's id is made of the login and `basedOn`, the id of
 * the change that they saw (null for none): so of two that are based on the same one the log's first counts.
 */
export const profileChangedSchema = z.object({
  /** Of the command, made where it was given. */
  changeId: z.uuid(),
  loginId: z.uuid(),
  basedOn: z.uuid().nullable(),
  language: z.enum(['en', 'es']),
  channels: z.array(z.enum(NEWS_CHANNELS)),
  /** Local times of the utility's zone; over midnight when the first is the later one. */
  quietHours: z.object({ from: localTime, until: localTime }).nullable(),
  personal: z.object({
    name: z.string().max(160).optional(),
    phone: z.string().regex(/^\+[1-9]\d{6,14}$/).optional().describe('E.164'),
    email: z.email().max(254).optional(),
  }),
})
export type ProfileChanged = z.infer<typeof profileChangedSchema>

export const erasureRequestedSchema = z.object({ requestId: z.uuid(), loginId: z.uuid(), at: instant })
export type ErasureRequested = z.infer<typeof erasureRequestedSchema>

/** Sessions that began before `before` are over: one, or all of a person. Read by every process that takes cookies. */
export const sessionsRevokedSchema = z.object({
  revocationId: z.uuid(),
  of: z.enum(['customer', 'staff']),
  personId: z.uuid(),
  /** Null: every session of the person. */
  sessionId: z.string().max(64).nullable(),
  before: instant,
  why: z.enum(['signed-out', 'everywhere', 'password-changed', 'factor-changed', 'role-changed', 'erased', 'by-staff']),
})
export type SessionsRevoked = z.infer<typeof sessionsRevokedSchema>
