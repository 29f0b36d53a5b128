import { type StackProcessName, type StackRole, stackRoles } from '../../bin/supervisor/stack-processes.ts'

/** What can be cut, and which processes that is. */
const PARTS = {
  core: ['core-sim'],
  postgres: ['postgres'],
  redis: ['redis'],
  projector: ['projector'],
  reactors: ['reactors'],
  sync: ['sync'],
  search: ['search'],
  web: ['web'],
  'all-but-door': stackRoles.filter((role) => role !== 'api'),
} as const satisfies Record<string, readonly StackRole[]>

export const CUTS = Object.keys(PARTS) as (keyof typeof PARTS)[]
export type Cut = keyof typeof PARTS

/** Names with commas between; null for one that cannot be cut, or none. */
export function parseCut(text: string): Cut[] | null {
  const names = text.split(',').map((name) => name.trim()).filter(Boolean)
  const cuts = CUTS.filter((cut) => names.includes(cut))
  return cuts.length > 0 && names.every((name) => CUTS.some((cut) => cut === name)) ? cuts : null
}

/** In the order in which they are started. */
export function processesCut(cuts: readonly Cut[]): StackRole[] {
  const wanted = new Set<StackRole>(cuts.flatMap((cut) => PARTS[cut]))
  return stackRoles.filter((role) => wanted.has(role))
}

/** A portal, as far as a cut touches it. */
export interface CutTarget {
  /** SIGKILL; resolves when it is gone. */
  kill(name: StackProcessName): Promise<void>
  /** Resolves when it is ready. */
  start(name: StackProcessName): Promise<void>
}

const STORES: ReadonlySet<StackRole> = new Set(['postgres', 'redis', 'core-sim'])

/** All at once. */
export async function cut(target: CutTarget, processes: readonly StackRole[]): Promise<void> {
  await Promise.all(processes.map((name) => target.kill(name)))
}

/** What others need first; resolves when all are ready. */
export async function bringBack(target: CutTarget, processes: readonly StackRole[]): Promise<void> {
  await Promise.all(processes.filter((name) => STORES.has(name)).map((name) => target.start(name)))
  await Promise.all(processes.filter((name) => !STORES.has(name)).map((name) => target.start(name)))
}
