import type { Random } from '../../domain/clock.ts'
import type { Temper } from './phone.ts'

export const VICTIMS = ['postgres', 'redis', 'projector', 'web', 'api'] as const
export type Victim = (typeof VICTIMS)[number]

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
 * What a storm does, decided before it begins and by `random` alone: each process is killed in turn, in a shuffled
 * order, then everything behind the door at once, then everything. Of each blow's phones a third report within 25 ms
 * of the kill, so that requests are under way when it strikes; the others around it.
 */
export function planStorm(reports: number, random: Random): StormPlan {
  const blows: Blow[] = [
    ...shuffled(VICTIMS, random).map((victim) => ({ victims: [victim], downMs: downMs(random) })),
    { victims: ['postgres', 'redis', 'projector', 'web'], downMs: downMs(random) },
    { victims: shuffled(VICTIMS, random), downMs: downMs(random) },
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
