import { toBase64url } from '../base64url.ts'
import type { Choices } from './choices.ts'
import type { OutboxCode } from './code-under-test.ts'
import type { SigningKey } from './door-keys.ts'
import { PhoneContext } from './phone-context.ts'
import { Scheduler } from './scheduler.ts'
import { SimulatedDisk } from './simulated-disk.ts'
import { SimulatedDoor } from './simulated-door.ts'
import { SimulatedLocks } from './simulated-locks.ts'
import { SimulatedNetwork } from './simulated-network.ts'
import { Trace } from './trace.ts'
import { Witness } from './witness.ts'

const START_MS = Date.UTC(2026, 0, 31, 4)

/** One phone with its browser, the network around it and the door behind. */
export class Device {
  readonly scheduler = new Scheduler(START_MS)
  readonly trace = new Trace()
  readonly witness = new Witness(this)
  readonly disk = new SimulatedDisk(this)
  readonly network = new SimulatedNetwork(this)
  readonly door: SimulatedDoor
  readonly random: Choices
  readonly code: OutboxCode
  /** Times that the wall clock was set: what was reckoned by it before is void. */
  clockChanges = 0
  contexts: PhoneContext[] = []
  /** A disk that never fails, on half of all phones: there the order of sends is held to its rules throughout. */
  readonly hasSoundDisk: boolean
  readonly #locks: SimulatedLocks | null
  #wallOffsetMs: number
  #asleepMs = 0
  #started = 0

  constructor(options: { random: Choices; code: OutboxCode; keys: readonly SigningKey[] }) {
    this.random = options.random
    this.code = options.code
    this.door = new SimulatedDoor(options.keys, options.random, () => this.scheduler.nowMs)
    this.#locks = options.random.chance(0.8) ? new SimulatedLocks(() => this.disk.mood === 'refuses') : null
    this.hasSoundDisk = options.random.chance(0.5)
    this.#wallOffsetMs = options.random.between(-90_000, 90_000)
  }

  /** What the phone takes for the time, ms since the epoch. */
  get wallMs(): number {
    return this.scheduler.nowMs + this.#wallOffsetMs
  }

  /** Milliseconds since the beginning in which the device was not asleep. */
  get awakeMs(): number {
    return this.scheduler.nowMs - START_MS - this.#asleepMs
  }

  get hasLocks(): boolean {
    return this.#locks !== null
  }

  start(kind: 'page' | 'worker', announce: (context: PhoneContext) => void): PhoneContext {
    const context = new PhoneContext(this, kind, this.#started++, (self) => ({
      store: this.code.rememberingStore((onGone) => this.disk.storeFor(self, onGone)),
      clock: self.clock,
      random: this.random,
      transport: this.network.transportFor(self),
      locks: this.#locks?.locksFor(self) ?? null,
      contextId: toBase64url(this.random.bytes(9)),
      announce: () => announce(self),
    }))
    this.contexts.push(context)
    this.trace.add(`${context.name} starts`)
    return context
  }

  /** Nothing of this context ever goes on. What it had asked of the disk may still happen. */
  kill(context: PhoneContext): void {
    this.trace.add(`${context.name} is killed`)
    for (const { label, run } of this.scheduler.drop(context.number)) {
      if (label.startsWith(`${context.name} disk`) && !label.endsWith('answer') && this.random.chance(0.5)) void run()
    }
    context.alive = false
    this.scheduler.drop(context.number)
    this.#locks?.release(context)
    this.witness.died(context)
    this.contexts = this.contexts.filter((other) => other !== context)
  }

  freeze(context: PhoneContext): void {
    context.frozen = true
    this.trace.add(`${context.name} is frozen`)
  }

  thaw(context: PhoneContext): void {
    context.frozen = false
    this.trace.add(`${context.name} goes on`)
  }

  setClock(byMs: number): void {
    this.#wallOffsetMs += byMs
    this.clockChanges += 1
    this.trace.add(`the clock is set by ${byMs}`)
  }

  /** The wall clock goes on, monotonic clocks and timers stand still, and every connection is gone. */
  sleep(durationMs: number): void {
    this.scheduler.sleep(durationMs)
    this.#asleepMs += durationMs
    this.trace.add(`asleep for ${durationMs}`)
    this.network.cut()
  }

  /** One step of the world; false when nothing is left to happen by itself. */
  async step(settled: () => Promise<void>): Promise<boolean> {
    const operation = this.scheduler.take((number) => this.contexts.some((context) => context.number === number && context.frozen))
    if (operation === null) return false
    this.trace.add(`${this.scheduler.nowMs} ${operation.label}`)
    await operation.run()
    await settled()
    this.witness.check()
    return true
  }
}
