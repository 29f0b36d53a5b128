/**
 * The instant of a wall-clock time (`2026-03-08T01:30`, as a datetime-local input gives it) in a time zone; null when
 * it is no time. In an hour that the clocks skip, the time after the change; in one that comes twice, the first.
 */
export function instantOf(local: string, timeZone: string): Date | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?$/.exec(local)
  if (!match) return null
  const [year, month, day, hour, minute, second] = match.slice(1).map((part) => Number(part ?? 0))
  const asUtcMs = Date.UTC(year!, month! - 1, day, hour, minute, second)
  if (new Date(asUtcMs).toISOString().slice(0, 16) !== local.slice(0, 16)) return null
  const offsetsMs = [-1, 1].map((days) => offsetMs(asUtcMs + days * 86_400_000, timeZone))
  const instants = offsetsMs.map((offset) => asUtcMs - offset)
  const real = instants.filter((instant) => instant + offsetMs(instant, timeZone) === asUtcMs)
  return new Date(real.length > 0 ? Math.min(...real) : Math.max(...instants))
}

/** How far a zone's wall clock is ahead of UTC at an instant. */
function offsetMs(instantMs: number, timeZone: string): number {
  const parts = clockOf(timeZone).formatToParts(instantMs)
  const [year, month, day, hour, minute, second] = (['year', 'month', 'day', 'hour', 'minute', 'second'] as const).map((type) =>
    Number(parts.find((part) => part.type === type)?.value),
  )
  return Date.UTC(year!, month! - 1, day, hour, minute, second) - Math.floor(instantMs / 1000) * 1000
}

/** To make one takes longer than to ask it a hundred times. */
const clocks = new Map<string, Intl.DateTimeFormat>()

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone)
  if (known) return known
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric',
  })
  clocks.set(timeZone, clock)
  return clock
}
