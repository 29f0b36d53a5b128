import { readdirSync, readFileSync } from 'node:fs'

/** Ticks of utime and stime in /proc; 100 a second on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100

/** Processor milliseconds that each named process and its descendants have used so far; Linux. */
export function cpuMs(processes: Readonly<Record<string, number>>): Record<string, number> {
  const seen = new Map<number, { parent: number; ms: number }>()
  for (const entry of readdirSync('/proc')) {
    const read = /^\d+$/.test(entry) ? readStat(Number(entry)) : null
    if (read) seen.set(Number(entry), read)
  }
  const total = (pid: number): number => {
    const own = seen.get(pid)?.ms ?? 0
    return [...seen].reduce((sum, [child, { parent }]) => (parent === pid ? sum + total(child) : sum), own)
  }
  return Object.fromEntries(Object.entries(processes).map(([name, pid]) => [name, total(pid)]))
}

function readStat(pid: number): { parent: number; ms: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name, in brackets, may hold spaces; state follows it, then the parent.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const ticks = Number(fields[11]) + Number(fields[12]) + Number(fields[13]) + Number(fields[14])
    return { parent: Number(fields[1]), ms: (ticks * 1000) / TICKS_PER_SECOND }
  } catch {
    return null
  }
}
