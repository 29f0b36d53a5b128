import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import { CurveError, type DemandCurve } from '../drain/demand-curve.ts'
import { type MixRoute, routeMatcher, type RouteName, type Shares, sharesOfCounts } from './mix.ts'

/** The combined format of Apache and nginx; what follows the status does not matter here. */
const LINE = /^\S+ \S+ .*?\[(\d{2})\/(\w{3})\/(\d{4}):(\d{2}:\d{2}:\d{2}) ([+-]\d{2})(\d{2})\] "([A-Z]+) (\S+)[^"]*" \d{3}/
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const CURVE_POINTS = 120
/** A year of seconds is too much to remember: then it is counted by two seconds, by four, and so on. */
const MOST_BUCKETS = 20_000
const MOST_UNKNOWN = 1_000
const UNKNOWN_SHOWN = 20
const PATH_CHARS = 80
const ONE_PERSONS = /\/(?:[0-9a-f]{8}-[0-9a-f-]{27}|\d{3,}|[A-Za-z0-9_-]{24,})(?=\/|$)/gi

export interface AccessLogFindings {
  shares: Shares
  /** Requests of known routes over time. */
  curve: DemandCurve
  /** Requests of known routes. */
  requests: number
  /** Requests of paths that the mix does not know: left out, and named here, the most frequent first. */
  unknown: { requests: number; paths: { path: string; requests: number }[] }
  /** Lines of another format. */
  unreadableLines: number
}

/** Reads an access log in combined format, gzip or not, in constant memory. Throws CurveError when it gives no curve. */
export async function readAccessLog(path: string, routes: readonly MixRoute[]): Promise<AccessLogFindings> {
  const file = createReadStream(path)
  const input = path.endsWith('.gz') ? file.pipe(createGunzip()) : file
  file.on('error', (error) => input.destroy(error))
  return deriveFromLines(createInterface({ input, crlfDelay: Infinity }), routes)
}

export async function deriveFromLines(lines: AsyncIterable<string> | Iterable<string>, routes: readonly MixRoute[]): Promise<AccessLogFindings> {
  const routeOf = routeMatcher(routes)
  const counts: Partial<Record<RouteName, number>> = {}
  const rate = new RateCount()
  const unknown = new Map<string, number>()
  let [requests, unknownRequests, unreadableLines] = [0, 0, 0]
  for await (const line of lines) {
    if (line.trim() === '') continue
    const read = readLine(line)
    if (!read) {
      unreadableLines++
      continue
    }
    const route = routeOf(read.method, read.path)
    if (route === null) {
      unknownRequests++
      const name = nameOf(read)
      if (unknown.has(name) || unknown.size < MOST_UNKNOWN) unknown.set(name, (unknown.get(name) ?? 0) + 1)
      continue
    }
    requests++
    counts[route] = (counts[route] ?? 0) + 1
    rate.add(read.atSeconds)
  }
  if (requests === 0) throw new CurveError(`No line is a request of a known route (${unknownRequests} of other paths, ${unreadableLines} lines of another format than combined).`)
  const paths = [...unknown].map(([path, requests]) => ({ path, requests })).sort((a, b) => b.requests - a.requests).slice(0, UNKNOWN_SHOWN)
  return { shares: sharesOfCounts(counts), curve: rate.curve(), requests, unknown: { requests: unknownRequests, paths }, unreadableLines }
}

function readLine(line: string): { atSeconds: number; method: string; path: string } | null {
  const [, day, month = '', year, time, zoneHours, zoneMinutes, method, path] = LINE.exec(line) ?? []
  const monthNumber = MONTHS.indexOf(month) + 1
  if (method === undefined || path === undefined || monthNumber === 0) return null
  const atMs = Date.parse(`${year}-${String(monthNumber).padStart(2, '0')}-${day}T${time}${zoneHours}:${zoneMinutes}`)
  return Number.isNaN(atMs) ? null : { atSeconds: atMs / 1_000, method, path }
}

/** Without query and without what names one person or thing. */
function nameOf({ method, path }: { method: string; path: string }): string {
  return `${method} ${path.split('?', 1)[0]!.replace(ONE_PERSONS, '/…').slice(0, PATH_CHARS)}`
}

/** Requests over time, by buckets that grow as the log does. */
class RateCount {
  #seconds = 1
  #buckets = new Map<number, number>()

  add(atSeconds: number): void {
    const bucket = Math.floor(atSeconds / this.#seconds)
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + 1)
    if (this.#buckets.size > MOST_BUCKETS) this.#coarsen()
  }

  curve(): DemandCurve {
    // A log is about in order, but not quite.
    const buckets = [...this.#buckets.keys()].sort((a, b) => a - b)
    const [first, last] = [buckets[0]!, buckets.at(-1)!]
    const perPoint = Math.max(1, Math.ceil((last - first + 1) / CURVE_POINTS))
    const values = Array.from({ length: Math.ceil((last - first + 1) / perPoint) }, () => 0)
    for (const [bucket, requests] of this.#buckets) {
      const point = Math.floor((bucket - first) / perPoint)
      values[point] = values[point]! + requests
    }
    // The last point may stand for less time than the others: it would look like a calm, or scaled like a peak.
    if ((last - first + 1) % perPoint !== 0 && values.length > 2) values.pop()
    if (values.length < 2) throw new CurveError('All requests of the log fall into one second: give a curve with --curve.')
    return { atSeconds: values.map((_, point) => point * perPoint * this.#seconds), values }
  }

  #coarsen(): void {
    const finer = this.#buckets
    this.#seconds *= 2
    this.#buckets = new Map()
    for (const [bucket, requests] of finer) {
      const coarse = Math.floor(bucket / 2)
      this.#buckets.set(coarse, (this.#buckets.get(coarse) ?? 0) + requests)
    }
  }
}
