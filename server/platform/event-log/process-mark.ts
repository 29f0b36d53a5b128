import { readFileSync, readlinkSync } from 'node:fs'

/**
 * Names a running process so that it cannot be mistaken for a later one: `<boot> <pid namespace> <pid> <start ticks>`.
 * '' where the system does not tell (no /proc).
 */
export function processMark(pid: number = process.pid): string {
  const ticks = startTicks(pid)
  const place = ownPlace()
  return ticks === null || place === null ? '' : `${place} ${pid} ${ticks}`
}

/** True only when the process of this mark surely is gone: one that cannot be seen from here is not. */
export function isGone(mark: string): boolean {
  const [boot = '', namespace = '', pid = '', ticks] = mark.split(' ')
  return ticks !== undefined && `${boot} ${namespace}` === ownPlace() && startTicks(Number(pid)) !== ticks
}

let place: string | null | undefined
function ownPlace(): string | null {
  if (place !== undefined) return place
  try {
    place = `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    place = null
  }
  return place
}

/** From the machine's boot to the process's start; null when there is none (a zombie is none). */
function startTicks(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The program's name, in brackets, may itself hold spaces and brackets.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null)
  } catch {
    return null
  }
}
