import { setTimeout as delay } from 'node:timers/promises'
import type { PhoneEnd } from '../storm/phone.ts'
import { type Correspondence, doorTransport } from './door-transport.ts'
import type { DrillPlan, FaultName, PlannedFault } from './fault-plan.ts'
import { startOpenLoad } from './open-load.ts'
import { aim, type DrillTarget } from './strikes.ts'
import type { FaultSpan } from './timeline.ts'

/** Doors that have just been started open the topic and are slow at first: no fault is to be blamed for it. */
const WARM_UP_MS = 5_000

export interface DrillOptions {
  target: DrillTarget
  plan: DrillPlan
  /** Public URL of the doors. */
  url: string
  ratePerSecond: number
  seed: number
  accountNumbers: readonly string[]
  /** After the last fault is lifted and the load has ended: how long phones may still try. */
  patienceMs: number
  /** One line for a person at each strike and each return. */
  onNews: (text: string, tally: Readonly<{ saved: number; received: number }>) => void
}

/** One fault as it happened. */
export interface StruckFault extends FaultSpan {
  name: FaultName
  target: string
  brokersDown: number
  /** ISO instant of the strike. */
  startedAt: string
  /** The whole strike was done; monotonic ms. Before that, part of what it hits was still alive. */
  hitMs: number
  /** Its undoing began; monotonic ms. */
  liftingMs: number
}

export interface DrillRun extends Correspondence {
  phones: PhoneEnd[]
  faults: StruckFault[]
  /** While new reports arrived; monotonic ms. */
  loadFromMs: number
  loadUntilMs: number
}

/** Sends reports at a fixed rate while the plan's faults come one after another; resolves when every phone has ended. */
export async function runDrill({ target, plan, url, ratePerSecond, seed, accountNumbers, patienceMs, onNews }: DrillOptions): Promise<DrillRun> {
  const kept: Correspondence = { attempts: [], receipts: [] }
  const loadFromMs = performance.now()
  const load = startOpenLoad({ ratePerSecond, seed, transport: doorTransport(url, kept), accountNumbers })
  try {
    await delay(WARM_UP_MS, undefined, { signal: target.signal })
    const faults: StruckFault[] = []
    for (const fault of plan.faults) faults.push(await strike(fault, target, (text) => onNews(text, load.tally)))
    await delay(plan.tailMs, undefined, { signal: target.signal })
    const loadUntilMs = performance.now()
    onNews('no new reports; phones that wait try again', load.tally)
    const phones = await load.end(patienceMs)
    for (const [index, fault] of faults.entries()) fault.untilMs = faults[index + 1]?.struckMs ?? loadUntilMs
    return { ...kept, phones, faults, loadFromMs, loadUntilMs }
  } finally {
    load.abandon()
  }
}

async function strike({ name, quietMs, downMs, draw }: PlannedFault, target: DrillTarget, onNews: (text: string) => void): Promise<StruckFault> {
  const quietFromMs = performance.now()
  await delay(quietMs, undefined, { signal: target.signal })
  const chosen = await aim(name, draw, target)
  const startedAt = new Date().toISOString()
  const struckMs = performance.now()
  await chosen.hit()
  const hitMs = performance.now()
  onNews(`${name}: ${chosen.target}`)
  await delay(Math.max(0, struckMs + downMs - hitMs), undefined, { signal: target.signal })
  const liftingMs = performance.now()
  await chosen.lift()
  const liftedMs = performance.now()
  onNews(`  ${chosen.target} is back after ${((liftedMs - struckMs) / 1000).toFixed(1)} s`)
  return { name, target: chosen.target, brokersDown: chosen.brokersDown, startedAt, quietFromMs, struckMs, hitMs, liftingMs, liftedMs, untilMs: liftedMs }
}
