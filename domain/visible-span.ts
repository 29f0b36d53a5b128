import type { Account } from './account.ts'
import { instantOf } from './local-time.ts'

/** A stretch of time, milliseconds since 1970; `untilMs` itself is outside. */
export interface Span {
  fromMs: number
  untilMs: number
}

/**
 * What a login sees of an account's premise: reports and states from within this span. Null: it sees nothing of it now.
 * Access that is older than the move-in was given by or to whoever lived there before, and shows nothing; after the last
 * day of a customer who moved out nothing is shown of what was seen then.
 * @param access when it was given, and from when on it counts; ISO 8601 UTC
 * @param account with local dates of the utility's `timeZone`
 */
export function visibleSpan(
  access: { from: string; grantedAt: string },
  account: Pick<Account, 'movedInOn' | 'movedOutOn'>,
  timeZone: string,
  nowMs: number,
): Span | null {
  const accessMs = Date.parse(access.from)
  const movedInMs = account.movedInOn === undefined ? Number.NEGATIVE_INFINITY : startOfDayMs(account.movedInOn, timeZone)
  if (Math.max(accessMs, Date.parse(access.grantedAt)) < movedInMs) return null
  const fromMs = Math.max(accessMs, movedInMs)
  const untilMs = account.movedOutOn === undefined ? Number.POSITIVE_INFINITY : startOfDayMs(dayAfter(account.movedOutOn), timeZone)
  return fromMs <= nowMs && nowMs < untilMs ? { fromMs, untilMs } : null
}

export function isWithin({ fromMs, untilMs }: Span, instant: string): boolean {
  const atMs = Date.parse(instant)
  return fromMs <= atMs && atMs < untilMs
}

/** @param date `2026-11-21` @throws TypeError for no date */
export function startOfDayMs(date: string, timeZone: string): number {
  const start = instantOf(`${date}T00:00`, timeZone)
  if (!start) throw new TypeError('Not a local date')
  return start.getTime()
}

function dayAfter(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
}
