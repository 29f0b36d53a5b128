import { type SessionsRevoked, sessionsRevokedSchema } from '../../domain/access.ts'
import type { Clock, Random } from '../../domain/clock.ts'
import { type FollowOptions, followTopic } from '../platform/event-log/follow-topic.ts'
import type { Logger } from '../platform/logger.ts'

/** No session of anybody lasts longer; an hour for clocks that differ. */
const KEPT_MS = 25 * 60 * 60_000

/** Which sessions are over before their time, as the log says: asked at every request, so it is all in memory. */
export interface Revocations {
  /**
   * By what is known so far: ask `ready` first.
   * @param issuedAtMs when the session began
   */
  isRevoked(of: SessionsRevoked['of'], personId: string, sessionId: string, issuedAtMs: number): boolean
  /** What this process has appended itself: it counts here at once. */
  take(revoked: SessionsRevoked): void
  /**
   * Whether all that the log had has been read once: at the latest after so many milliseconds. False only in a process that was
   * started while the log is away; then a session that was ended may not be known to be: say "not now", never "not signed in".
   */
  ready(withinMs: number): Promise<boolean>
  /** The same without waiting. */
  isReady(): boolean
  close(): void
}

/** Follows topic `ops` from the first question on; needs the log alone. What was known stays known while the log is away. */
export function followRevocations(options: { log: FollowOptions['log']; clock: Clock; random: Random; logger: Pick<Logger, 'warn'> }): Revocations {
  const { clock } = options
  const closing = new AbortController()
  const fold = revocationsFold(clock)
  let whole = false
  let following: Promise<void> | null = null
  const follow = () => {
    following ??= followTopic({
      ...options, topic: 'ops', name: 'what ends sessions', signal: closing.signal,
      take: ({ type, data }) => {
        if (type !== 'sessions.revoked.v1') return
        // One that cannot be read must not keep all that come after it from being read.
        const { data: revoked } = sessionsRevokedSchema.safeParse(data)
        if (revoked) fold.take(revoked)
      },
    }).then(() => {
      whole = true
    })
    return following
  }
  return {
    isRevoked: (of, personId, sessionId, issuedAtMs) => {
      void follow()
      return fold.isRevoked(of, personId, sessionId, issuedAtMs)
    },
    take: fold.take,
    ready: async (withinMs) => {
      const read = follow()
      if (whole) return true
      const patience = new AbortController()
      await Promise.race([read, clock.sleep(withinMs, patience.signal).catch(() => undefined)])
      patience.abort()
      return whole
    },
    isReady: () => {
      void follow()
      return whole
    },
    close: () => closing.abort(),
  }
}

/** Taken in any order; the oldest go when no session from before them can be left. */
function revocationsFold(clock: Clock): Pick<Revocations, 'isRevoked' | 'take'> {
  /** Wall-clock ms before which a person's sessions, or a session, are over; in the order of their taking. */
  const beforeMs = new Map<string, number>()
  const forget = () => {
    for (const [key, before] of beforeMs) {
      if (before > clock.nowMs() - KEPT_MS) return
      beforeMs.delete(key)
    }
  }
  return {
    take: ({ of, personId, sessionId, before }) => {
      const key = keyOf(of, personId, sessionId)
      const latest = Math.max(Date.parse(before), beforeMs.get(key) ?? 0)
      if (latest <= clock.nowMs() - KEPT_MS) return
      // Taken out and put back: the oldest stand first.
      beforeMs.delete(key)
      beforeMs.set(key, latest)
      forget()
    },
    isRevoked: (of, personId, sessionId, issuedAtMs) =>
      beforeMs.has(keyOf(of, personId, sessionId)) || issuedAtMs < (beforeMs.get(keyOf(of, personId, null)) ?? 0),
  }
}

function keyOf(of: SessionsRevoked['of'], personId: string, sessionId: string | null): string {
  return `${of} ${personId} ${sessionId === null ? '' : `/${sessionId}`}`
}
