import type { StaffPermission } from '../../domain/staff-permissions.ts'
import { systemClock } from '../../domain/clock.ts'
import { requireStaffFor, requireStaffSession } from './require-staff.ts'
import type { StaffAuth } from './staff-auth.ts'
import { SESSION_SECONDS } from './staff-library.ts'

/** A look into memory: what the log has said reaches an open stream as soon as any other request. */
const CHECK_MS = 1_000
/** Postgres is asked, for what the log does not say. */
const ASK_MS = 60_000

/**
 * Watches the session of a request that stays open, such as a stream.
 * @param onEnd called once, within seconds of its end or of the loss of the permission; not after the watch was stopped
 * @returns stops the watch
 */
export function watchStaffSession(auth: StaffAuth, headers: Headers, permission: StaffPermission, onEnd: () => void): () => void {
  const timers: NodeJS.Timeout[] = []
  let stopped = false
  const stop = () => {
    stopped = true
    for (const timer of timers) clearInterval(timer)
  }
  const end = () => {
    if (stopped) return
    stop()
    onEnd()
  }
  requireStaffSession(auth, headers).then(({ staff, sessionId, issuedAtMs }) => {
    if (stopped) return
    const hasEnded = () => systemClock.nowMs() >= issuedAtMs + SESSION_SECONDS * 1_000 || (auth.options.revocations?.isRevoked('staff', staff.staffId, sessionId, issuedAtMs) ?? false)
    timers.push(
      setInterval(() => void (hasEnded() && end()), CHECK_MS),
      setInterval(() => void requireStaffFor(auth, headers, permission).catch(end), ASK_MS),
    )
  }, end)
  return stop
}
