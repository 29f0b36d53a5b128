import { fileURLToPath } from 'node:url'
import { BenchProcess } from './child-process.ts'
import { cpuMs } from './cpu-time.ts'
import type { LoadJob, LoadResult, LookUps } from './generator/load-job.ts'
import { median, rounded } from './percentile.ts'
import type { BenchOptions } from './row.ts'

export const CONNECTIONS = 64
export const WARM_UP_SECONDS = 1
/** A first, uncounted pass lets compilers settle and tells how many requests to make beforehand. */
export const FIRST_PASS_SECONDS = 3
const FIRST_PASS_STOCK = 60_000
const STOCK_MARGIN = 1.5

/** What is asked over HTTP. */
export interface Target {
  name: string
  url: string
  pids: Record<string, number>
  /** Given: these are asked for instead of sending reports. */
  lookUps?: LookUps
  countKept(): Promise<number | null>
}

/** Runs jobs on the generator and remembers what each target answered. */
export class Measurement {
  readonly #generator: BenchProcess
  readonly #options: BenchOptions
  readonly #stock = new Map<string, number>()
  readonly #results = new Map<string, LoadResult[]>()
  readonly #cpu = new Map<string, Record<string, number>[]>()
  readonly #promised = new Map<string, number>()
  #seed = 0

  private constructor(generator: BenchProcess, options: BenchOptions) {
    this.#generator = generator
    this.#options = options
  }

  static async start(options: BenchOptions): Promise<Measurement> {
    const { process: generator } = await BenchProcess.start('generator', fileURLToPath(new URL('./generator/main.ts', import.meta.url)))
    options.onEnd(() => generator.stop())
    return new Measurement(generator, options)
  }

  async firstPass(target: Target): Promise<void> {
    await this.#run(target, { seconds: FIRST_PASS_SECONDS, ratePerSecond: null, stock: FIRST_PASS_STOCK, seed: ++this.#seed })
  }

  /** Each connection sends as soon as it is answered. The same round has the same bodies for every target. */
  async closed(target: Target, round: number): Promise<LoadResult> {
    const pids = { ...target.pids, generator: this.#generator.pid }
    const before = cpuMs(pids)
    const result = await this.#run(target, { seconds: this.#options.seconds, ratePerSecond: null, stock: this.#stock.get(target.name)!, seed: 1000 + round })
    const after = cpuMs(pids)
    const perReport = Object.fromEntries(Object.keys(pids).map((name) => [name, ((after[name]! - before[name]!) * 1000) / result.acceptedInAll]))
    this.#cpu.set(target.name, [...(this.#cpu.get(target.name) ?? []), perReport])
    this.#results.set(target.name, [...(this.#results.get(target.name) ?? []), result])
    return result
  }

  /** Sends come at their times, whether or not earlier ones were answered. */
  open(target: Target, round: number, ratePerSecond: number): Promise<LoadResult> {
    const stock = Math.ceil(ratePerSecond * (this.#options.seconds + WARM_UP_SECONDS) * 1.1)
    return this.#run(target, { seconds: this.#options.seconds, ratePerSecond, stock, seed: 2000 + round })
  }

  /** Rounds at half of a rate; `rest` is waited for after each. */
  async halfRate(target: Target, rate: number, rest: () => Promise<unknown>): Promise<{ p50Ms: number; p99Ms: number; details: Record<string, unknown> }> {
    const { rounds, say } = this.#options
    const results: LoadResult[] = []
    for (let round = 0; round < rounds; round++) {
      const result = await this.open(target, round, rate / 2)
      say(`at half rate, ${round + 1} of ${rounds}: p50 ${result.p50Ms.toFixed(1)} ms, p99 ${result.p99Ms.toFixed(1)} ms`)
      results.push(result)
      await rest()
    }
    return {
      p50Ms: rounded(median(results.map(({ p50Ms }) => p50Ms))),
      p99Ms: rounded(median(results.map(({ p99Ms }) => p99Ms))),
      details: { perSecond: Math.round(rate / 2), p99Ms: results.map(({ p99Ms }) => rounded(p99Ms)), unanswered: sum(results.map(({ unanswered }) => unanswered)), refused: sum(results.map(refusedIn)) },
    }
  }

  /** A number that its store does not bear out is worth nothing. */
  async checkKept(targets: readonly Target[]): Promise<void> {
    for (const target of targets) {
      const kept = await target.countKept()
      const promised = this.#promised.get(target.name) ?? 0
      if (kept !== null && kept < promised) throw new Error(`${target.name} answered 201 to ${promised} reports and holds ${kept}`)
    }
  }

  rates(name: string): number[] {
    return this.#results.get(name)!.map(({ acceptedPerSecond }) => acceptedPerSecond)
  }

  ratios(name: string, floor: string): number[] {
    const rates = this.rates(name)
    return this.rates(floor).map((rate, round) => rates[round]! / rate)
  }

  roundsByTarget(): Record<string, number[]> {
    return Object.fromEntries([...this.#results.keys()].map((name) => [name, this.rates(name).map(Math.round)]))
  }

  utilizationByTarget(): Record<string, number> {
    return Object.fromEntries([...this.#results].map(([name, results]) => [name, rounded(median(results.map((result) => result.generatorUtilization)))]))
  }

  refusedByTarget(): Record<string, number> {
    return Object.fromEntries([...this.#results].map(([name, results]) => [name, sum(results.map(refusedIn))]))
  }

  /** Processor time, not elapsed time: what other work on the machine takes does not distort it. */
  cpuByTarget(): Record<string, Record<string, number>> {
    const medians = (rounds: readonly Record<string, number>[]) =>
      Object.fromEntries(Object.keys(rounds[0]!).map((name) => [name, rounded(median(rounds.map((round) => round[name]!)))]))
    return Object.fromEntries([...this.#cpu].map(([name, rounds]) => [name, medians(rounds)]))
  }

  async #run(target: Target, part: Pick<LoadJob, 'seconds' | 'ratePerSecond' | 'stock' | 'seed'>): Promise<LoadResult> {
    this.#options.signal.throwIfAborted()
    const job: LoadJob = { url: target.url, connections: CONNECTIONS, warmUpSeconds: WARM_UP_SECONDS, savedAtMs: Date.now(), lookUps: target.lookUps, ...part }
    const result = await this.#generator.ask<LoadResult>(job)
    if (result.errors > 0) throw new Error(`${target.name}: ${result.errors} connections broke or timed out`)
    const seconds = this.#options.seconds + WARM_UP_SECONDS
    this.#stock.set(target.name, Math.ceil(result.acceptedPerSecond * seconds * STOCK_MARGIN))
    this.#promised.set(target.name, (this.#promised.get(target.name) ?? 0) + result.acceptedInAll)
    return result
  }
}

function refusedIn({ statuses, accepted }: LoadResult): number {
  return sum(Object.values(statuses)) - accepted
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
