import { httpTransport } from './http-transport.ts'
import { type PhoneEnd, runPhone } from './phone.ts'
import { CALM_MS, type Blow, type StormPlan, type Victim } from './storm-plan.ts'
import { createWake } from './wake.ts'

/** The running portal, as far as a storm touches it. */
export interface StormTarget {
  url: string
  /** SIGKILL; resolves when the process is gone. */
  kill(name: Victim): Promise<unknown>
  /** Resolves when it is ready again. */
  start(name: Victim): Promise<unknown>
}

interface StormTally {
  saved: number
  received: number
}

interface StormOptions {
  target: StormTarget
  plan: StormPlan
  accountNumbers: readonly string[]
  /** After the last restart, how long phones may still try. */
  patienceMs: number
  /** One line for a person at each kill and return. */
  onNews: (text: string, tally: Readonly<StormTally>) => void
}

/** Lets the storm of the plan loose; resolves with what each phone holds, in the plan's order. */
export async function runStorm({ target, plan, accountNumbers, patienceMs, onNews }: StormOptions): Promise<PhoneEnd[]> {
  const transport = httpTransport(target.url)
  const wake = createWake()
  const over = new AbortController()
  const tally: StormTally = { saved: 0, received: 0 }
  const running: { index: number; end: Promise<PhoneEnd> }[] = []

  const pickUp = (index: number) => {
    const { seed, temper } = plan.phones[index]!
    const end = runPhone({
      seed,
      temper,
      transport,
      accountNumbers,
      wake,
      signal: over.signal,
      onSaved: () => tally.saved++,
      onReceived: () => tally.received++,
    })
    // Looked at when all are; a fault must not end the storm with its processes still alive.
    end.catch(() => undefined)
    running.push({ index, end })
  }

  for (const [number, blow] of plan.blows.entries()) {
    const phones = plan.phones.flatMap((phone, index) => (phone.blow === number ? [{ index, offsetMs: phone.offsetMs }] : []))
    for (const { index, offsetMs } of phones) setTimeout(() => pickUp(index), CALM_MS + offsetMs)
    await sleep(CALM_MS)
    await strike(target, blow, (text) => onNews(text, tally))
  }
  // A timer of the last blow may be late; nobody is left out.
  while (running.length < plan.phones.length) await sleep(10)
  onNews('all are back; phones that wait try again', tally)
  wake.call()
  const patience = setTimeout(() => over.abort(), patienceMs)
  const ends = await Promise.all(running.toSorted((a, b) => a.index - b.index).map(({ end }) => end))
  clearTimeout(patience)
  return ends
}

async function strike(target: StormTarget, { victims, downMs }: Blow, onNews: (text: string) => void): Promise<void> {
  const names = victims.join(', ')
  const killedAtMs = performance.now()
  await Promise.all(victims.map((victim) => target.kill(victim)))
  onNews(`${names} killed`)
  await sleep(downMs - (performance.now() - killedAtMs))
  await Promise.all(victims.map((victim) => target.start(victim)))
  onNews(`${names} back after ${((performance.now() - killedAtMs) / 1000).toFixed(1)} s`)
}

function sleep(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, durationMs)))
}
