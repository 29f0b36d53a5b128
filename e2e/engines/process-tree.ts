import type { ChildProcess } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { type ProcessIdentity, signalProcess, startTicksOf, waitUntilGone } from '../../bin/supervisor/process-identity.ts'

const GONE_WITHIN_MS = 20_000

/** Kills a process that leads its own group, all of that group, and all descendants, and waits until they are gone. */
export async function killTree(child: ChildProcess): Promise<void> {
  const root = child.pid
  if (root === undefined) return
  const doomed = [root, ...descendantsOf(root)].flatMap(identityOf)
  try {
    process.kill(-root, 'SIGKILL')
  } catch {
    // The group has ended by itself; what left it is killed below.
  }
  for (const one of doomed) signalProcess(one, 'SIGKILL')
  const left = await Promise.all(doomed.map(async (one) => ((await waitUntilGone(one, GONE_WITHIN_MS)) ? [] : [one.pid])))
  if (left.flat().length > 0) throw new Error(`Killed and still there: ${left.flat().join(', ')}`)
}

/** A browser that started as a child of its driver stays in its group when the driver ends first. */
function descendantsOf(root: number): number[] {
  const all = readdirSync('/proc').map(Number).filter(Number.isInteger).flatMap((pid) => {
    const family = familyOf(pid)
    return family ? [{ pid, ...family }] : []
  })
  const found = new Set<number>()
  let before = -1
  while (found.size > before) {
    before = found.size
    for (const { pid, parent, group } of all) if (pid !== root && (parent === root || group === root || found.has(parent))) found.add(pid)
  }
  return [...found]
}

function familyOf(pid: number): { parent: number; group: number } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [, parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { parent: Number(parent), group: Number(group) }
  } catch {
    return null
  }
}

function identityOf(pid: number): ProcessIdentity[] {
  const startTicks = startTicksOf(pid)
  return startTicks === null ? [] : [{ pid, startTicks }]
}
