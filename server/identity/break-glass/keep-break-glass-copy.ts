import type { Clock } from '../../../domain/clock.ts'
import type { Logger } from '../../platform/logger.ts'
import { gauge } from '../../platform/metrics.ts'
import type { StaffAuth } from '../staff-auth.ts'
import { decrypted } from '../staff-factor.ts'
import { staffSchema } from '../staff.ts'
import type { BreakGlassCopy, BreakGlassMember } from './break-glass-copy.ts'

const EVERY_MS = 60_000

const writtenAt = gauge('stormdoor_break_glass_copy_written_seconds', 'When the encrypted copy of staff was written last by this process, Unix time')

/** Writes the copy anew from the identity store. Throws when that does not answer. */
export async function renewBreakGlassCopy(auth: StaffAuth, copy: BreakGlassCopy, clock: Pick<Clock, 'nowMs'>): Promise<void> {
  // Before the reading: what changes meanwhile is newer than this copy.
  const nowMs = clock.nowMs()
  const members = await auth.store.staffMember.findMany({
    where: { disabledAt: null, twoFactorEnabled: true },
    select: { id: true, name: true, email: true, role: true, credentials: { where: { providerId: 'credential' }, select: { password: true } }, twoFactor: { select: { secret: true, verified: true } } },
  })
  const staff: BreakGlassMember[] = []
  for (const { id, name, email, role, credentials, twoFactor } of members) {
    const passwordHash = credentials[0]?.password
    const known = staffSchema.shape.role.safeParse(role)
    if (!passwordHash || !twoFactor?.verified || !known.success) continue
    const secret = await decrypted(auth, twoFactor.secret).catch(() => null)
    if (secret) staff.push({ staffId: id, name, email, role: known.data, passwordHash, secret })
  }
  copy.write(staff, nowMs)
  writtenAt.set(nowMs / 1_000)
}

/** Renews the copy every minute until aborted; what fails is tried again, and told once. */
export async function keepBreakGlassCopy({ auth, copy, clock, logger, signal }: { auth: StaffAuth; copy: BreakGlassCopy; clock: Clock; logger: Pick<Logger, 'warn'>; signal: AbortSignal }): Promise<void> {
  let failed = false
  while (!signal.aborted) {
    try {
      await renewBreakGlassCopy(auth, copy, clock)
      failed = false
    } catch (err) {
      if (!failed) logger.warn({ err }, 'the break-glass copy of staff could not be renewed; trying again')
      failed = true
    }
    await clock.sleep(EVERY_MS, signal).catch(() => undefined)
  }
}
