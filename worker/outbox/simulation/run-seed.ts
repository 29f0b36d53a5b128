import { seededChoices } from './choices.ts'
import type { OutboxCode } from './code-under-test.ts'
import { Device } from './device.ts'
import type { SigningKey } from './door-keys.ts'
import { Phone } from './phone.ts'
import type { QuietCrypto } from './quiet-crypto.ts'
import { aPage, calm, strike } from './storm.ts'

const STRIKE_CHANCE = 0.1
/** After the storm: more than enough for every wait that a door may have asked for. */
const CALM_MS = 3 * 60 * 60_000
const MOST_CALM_STEPS = 20_000
/** By then a hazard has got through: a lease of a dead sender, half a minute's wait, a page that looks once a minute. */
const HAZARD_PATIENCE_MS = 3 * 60_000

export interface SeedResult {
  seed: number
  steps: number
  /** Of everything that happened. */
  hash: string
  reports: number
  received: number
  /** Null when every promise was kept. */
  violation: string | null
  lastLines: string[]
}

export interface SeedOptions {
  code: OutboxCode
  keys: readonly SigningKey[]
  crypto: QuietCrypto
  /** Of the storm; the calm after it has its own. */
  steps: number
}

/** One phone through one storm and the calm after it: everything follows from the seed. */
export async function runSeed(seed: number, { code, keys, crypto, steps }: SeedOptions): Promise<SeedResult> {
  const random = seededChoices(seed)
  const device = new Device({ random, code, keys })
  const phone = new Phone(device)
  const { witness, disk } = device
  const settled = () => crypto.settled()
  phone.openPage()
  await settled()

  let step = 0
  for (; step < steps && witness.violation === null; step++) {
    if (random.chance(STRIKE_CHANCE) || !(await device.step(settled))) {
      strike(phone)
      await settled()
      witness.check()
    }
  }
  calm(phone)
  const calmMs = device.scheduler.nowMs
  while (witness.violation === null && device.scheduler.nowMs < calmMs + CALM_MS && step < steps + MOST_CALM_STEPS && witness.waiting().length > 0) {
    if (!(await device.step(settled))) break
    step += 1
    if (device.scheduler.nowMs > calmMs + HAZARD_PATIENCE_MS) witness.checkHazards()
    if ([...disk.reports.values(), ...disk.followUps.values()].some(({ attention }) => attention)) aPage(phone)?.retry()
  }
  if (witness.violation === null) witness.checkCalm()
  const received = [...disk.reports.values()].filter((record) => record.received).length
  return { seed, steps: step, hash: device.trace.hash, reports: disk.reports.size, received, violation: witness.violation, lastLines: device.trace.lastLines }
}

