import type { Random } from '../../domain/clock.ts'

/** What can be done to a portal and its three brokers; see strikes.ts for how. */
export const FAULTS = [
  'broker-killed', 'broker-suspended', 'leader-killed', 'controller-killed', 'disk-full', 'two-brokers-suspended',
  'door-killed', 'projector-killed', 'reactor-killed',
] as const
export type FaultName = (typeof FAULTS)[number]

export interface PlannedFault {
  name: FaultName
  /** Nothing is done to anybody before it for this long. */
  quietMs: number
  /** From the strike until it begins to be lifted. */
  downMs: number
  /** In [0, 1): which of those that could be hit. */
  draw: number
}

export interface DrillPlan {
  faults: readonly PlannedFault[]
  /** Quiet after the last one is lifted. */
  tailMs: number
}

const QUIET_MS = { least: 6_000, most: 10_000 }
/** Bounds of `downMs`; what the supervisor starts again by itself needs none. */
const DOWN_MS: Record<FaultName, { least: number; most: number }> = {
  'broker-killed': { least: 6_000, most: 10_000 },
  'broker-suspended': { least: 20_000, most: 20_000 },
  'leader-killed': { least: 6_000, most: 10_000 },
  'controller-killed': { least: 6_000, most: 10_000 },
  'disk-full': { least: 8_000, most: 12_000 },
  'two-brokers-suspended': { least: 12_000, most: 15_000 },
  'door-killed': { least: 0, most: 0 },
  'projector-killed': { least: 0, most: 0 },
  'reactor-killed': { least: 0, most: 0 },
}
/** About what a broker takes to be in sync again, or a process to be ready. */
const LIFTING_MS = 8_000

/**
 * Decides before the drill begins, by `random` alone, what happens when: rounds of all faults, each in an order of its
 * own, until about `minutes` are full; the first round is always whole.
 */
export function planFaults({ minutes, faults, random }: { minutes: number; faults: readonly FaultName[]; random: Random }): DrillPlan {
  const plan: PlannedFault[] = []
  const tailMs = within(QUIET_MS, random)
  let leftMs = minutes * 60_000 - tailMs
  for (let round = 0; faults.length > 0; round++) {
    for (const name of shuffled(faults, random)) {
      const fault: PlannedFault = { name, quietMs: within(QUIET_MS, random), downMs: within(DOWN_MS[name], random), draw: random.fraction() }
      leftMs -= fault.quietMs + fault.downMs + LIFTING_MS
      if (round > 0 && leftMs < 0) return { faults: plan, tailMs }
      plan.push(fault)
    }
  }
  return { faults: plan, tailMs }
}

function within({ least, most }: { least: number; most: number }, random: Random): number {
  return Math.round(least + (most - least) * random.fraction())
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items.map((item) => ({ item, key: random.fraction() })).toSorted((a, b) => a.key - b.key).map(({ item }) => item)
}
