import { processesOf, stackRoles, type StackProcessName } from '../../bin/supervisor/stack-processes.ts'
import type { Random } from '../../domain/clock.ts'
import type { Temper } from './phone.ts'

const BEHIND_THE_DOOR = ['postgres', 'redis', 'projector', 'web'] as const
const ROLES = [...BEHIND_THE_DOOR, 'api'] as const
export type Victim = StackProcessName | `broker-${number}`

/** What there is to be struck. */
export interface StormGround {
  nodes: number
  /** Kafka brokers of the storm's own. */
  brokers: number
}

/** One blow: these processes are killed together, stay dead for `downMs`, and are started again. */
export interface Blow {
  victims: readonly Victim[]
  downMs: number
}

interface PlannedPhone {
  /** In which blow the customer picks up the phone. */
  blow: number
  /** Milliseconds from the moment of the kill; negative before it. */
  offsetMs: number
  temper: Temper
  seed: number
}

export interface StormPlan {
  blows: readonly Blow[]
  phones: readonly PlannedPhone[]
}

/** Calm before each blow, in which some of its phones report. */
export const CALM_MS = 1500

/**
 * What a storm does, decided before it begins and by `random` alone: one process of each kind and each broker is killed
 * in turn, in a shuffled order, then a whole node where there are several, then everything behind the doors at once,
 * then everything. Of each blow's phones a third report within 25 ms of the kill, so that requests are under way when it
 * strikes; the others around it.
 */
export function planStorm(reports: number, random: Random, { nodes, brokers }: StormGround = { nodes: 1, brokers: 0 }): StormPlan {
  const all = (roles: readonly (typeof ROLES)[number][]) => roles.flatMap((role) => processesOf(role, nodes))
  const allBrokers = Array.from({ length: brokers }, (_, index): Victim => `broker-${index}`)
  const alone = [...ROLES.map((role) => oneOf(processesOf(role, nodes), random)), ...allBrokers]
  const strike = (victims: readonly Victim[]): Blow => ({ victims, downMs: downMs(random) })
  const blows: Blow[] = [
    ...shuffled(alone, random).map((victim) => strike([victim])),
    ...(nodes > 1 ? [strike(wholeNode(nodes, random))] : []),
    strike(all(BEHIND_THE_DOOR)),
    strike(shuffled([...all(ROLES), ...allBrokers], random)),
  ]
  const phones = Array.from({ length: reports }, (_, index): PlannedPhone => {
    const blow = index % blows.length
    const atTheKill = random.fraction() < 1 / 3
    const spreadMs = CALM_MS + blows[blow]!.downMs
    return {
      blow,
      offsetMs: Math.round(atTheKill ? random.fraction() * 50 - 25 : random.fraction() * spreadMs - CALM_MS),
      temper: temperOf(index),
      seed: Math.floor(random.fraction() * 0x1_0000_0000),
    }
  })
  return { blows, phones }
}

/** Everything that one node has of its own. */
function wholeNode(nodes: number, random: Random): Victim[] {
  const ofRoles = stackRoles.map((role) => processesOf(role, nodes)).filter((names) => names.length > 1)
  const node = Math.floor(random.fraction() * nodes)
  return ofRoles.flatMap((names) => names[node] ?? [])
}

function oneOf<T>(items: readonly T[], random: Random): T {
  return items[items.length > 1 ? Math.floor(random.fraction() * items.length) : 0]!
}

function downMs(random: Random): number {
  return 2000 + Math.round(random.fraction() * 2000)
}

/** Every eighth report is sent by two senders at once, every twenty-fifth is followed by a second body. */
function temperOf(index: number): Temper {
  if (index % 25 === 7) return 'second-body'
  return index % 8 === 3 ? 'twins' : 'plain'
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items.map((item) => ({ item, key: random.fraction() })).toSorted((a, b) => a.key - b.key).map(({ item }) => item)
}
