import { spawn, type ChildProcess } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { projectFolder } from '../setup/project-folder.ts'
import { isAlive, signalProcess, startTicksOf, waitUntilGone, type ProcessIdentity } from './process-identity.ts'
import type { ProcessSpec } from './process-spec.ts'
import { removeRunRecord, writeRunRecord } from './run-record.ts'
import { RotatingLog } from './rotating-log.ts'

const backoffBaseMs = 200
const backoffCapMs = 10_000
/** Having lived this long, a process that dies is a new case and not the same crash again. */
const steadyAfterMs = 60_000
const readyEveryMs = 50
const readyAnswerWithinMs = 2000
const stopWithinMs = 6000
const killWithinMs = 5000
/** A grandchild may hold the pipe open longer: its last words are not waited for. */
const lastWordsWithinMs = 500

export interface SupervisedProcessOptions {
  dataDir: string
  /** Whether a process that dies by itself, or is killed, is started again. */
  restart: boolean
  random?: () => number
  onRestart?: (name: string, delayMs: number, cause: string) => void
}

/** One process of the stack: started, watched, started again with full-jitter backoff, stopped. */
export class SupervisedProcess {
  readonly spec: ProcessSpec
  readonly log: RotatingLog
  restarts = 0
  readonly #options: SupervisedProcessOptions
  #child: ChildProcess | null = null
  #identity: ProcessIdentity | null = null
  #drained: Promise<unknown> = Promise.resolve()
  #wanted = false
  #crashes = 0
  #startedAtMs = 0
  #restartTimer: NodeJS.Timeout | undefined
  #lastExit = ''

  constructor(spec: ProcessSpec, options: SupervisedProcessOptions) {
    this.spec = spec
    this.#options = options
    this.log = new RotatingLog(options.dataDir, spec.name)
  }

  get pid(): number | null {
    return this.#identity && isAlive(this.#identity) ? this.#identity.pid : null
  }

  /** Starts it unless it runs; does not wait for readiness. */
  launch(): void {
    this.#wanted = true
    clearTimeout(this.#restartTimer)
    if (this.pid !== null) return
    const [file = '', ...args] = this.spec.command
    // Its own process group: Ctrl-C in the terminal reaches the supervisor alone, which stops all in order.
    const child = spawn(file, args, { cwd: this.spec.cwd ?? projectFolder, env: this.spec.env as NodeJS.ProcessEnv, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    this.#child = child
    this.#startedAtMs = Date.now()
    this.log.take(child.stdout)
    this.log.take(child.stderr)
    this.#drained = new Promise((resolve) => child.once('close', resolve))
    child.once('error', (error) => this.#ended(child, error.message))
    child.once('exit', (code, signal) => this.#ended(child, signal ?? `exit code ${code}`))
    if (child.pid === undefined) return
    this.#identity = { pid: child.pid, startTicks: startTicksOf(child.pid) ?? '' }
    this.#record(this.#identity)
  }

  /** Resolves when it is ready; rejects with what it last said when it is not within the time. */
  async waitUntilReady(withinMs: number, abort?: AbortSignal): Promise<void> {
    const deadline = Date.now() + withinMs
    let reason = 'no answer yet'
    for (;;) {
      if (abort?.aborted) throw new Error(`${this.spec.name}: stopped while starting`)
      if (this.#child === null && !this.#options.restart) throw new Error(`${this.spec.name} ended (${this.#lastExit}); its log: ${this.log.path}`)
      try {
        await this.spec.ready(AbortSignal.timeout(readyAnswerWithinMs))
        if (this.pid !== null) return
      } catch (error) {
        reason = this.pid === null ? `it ended with ${this.#lastExit}` : error instanceof Error ? error.message : String(error)
      }
      if (Date.now() > deadline) throw new Error(`${this.spec.name} was not ready within ${Math.round(withinMs / 1000)} s: ${reason}. Its log: ${this.log.path}`)
      await delay(readyEveryMs)
    }
  }

  /** Sends a signal on purpose and waits until it is gone (for deadly signals); started again only if `restart`. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    const identity = this.#identity
    if (!identity || !signalProcess(identity, signal)) return
    if (signal === 'SIGSTOP' || signal === 'SIGCONT') return
    if (!(await waitUntilGone(identity, stopWithinMs))) throw new Error(`${this.spec.name} (pid ${identity.pid}) did not end on ${signal} within ${stopWithinMs / 1000} s`)
  }

  /** Ends it for good: asked first, then killed. */
  async stop(graceMs = stopWithinMs): Promise<void> {
    this.#wanted = false
    clearTimeout(this.#restartTimer)
    const identity = this.#identity
    if (identity) {
      // A stopped (SIGSTOP) process would never see the request to end.
      signalProcess(identity, 'SIGCONT')
      if (graceMs > 0) signalProcess(identity, this.spec.stopSignal ?? 'SIGTERM')
      if (graceMs <= 0 || !(await waitUntilGone(identity, graceMs))) {
        signalProcess(identity, 'SIGKILL')
        await waitUntilGone(identity, killWithinMs)
      }
    }
    await Promise.race([this.#drained, delay(lastWordsWithinMs, undefined, { ref: false })])
    removeRunRecord(this.#options.dataDir, this.spec.name)
  }

  #record(identity: ProcessIdentity): void {
    const { name, port, adminPort, stopSignal = 'SIGTERM' } = this.spec
    writeRunRecord(this.#options.dataDir, {
      name, ...identity, port: port ?? null, adminPort: adminPort ?? null,
      startedAt: new Date(this.#startedAtMs).toISOString(), restarts: this.restarts, stopSignal,
    })
  }

  #ended(child: ChildProcess, cause: string): void {
    if (child !== this.#child) return
    this.#child = null
    this.#lastExit = cause
    removeRunRecord(this.#options.dataDir, this.spec.name)
    if (!this.#wanted || !this.#options.restart) return
    this.#crashes = Date.now() - this.#startedAtMs > steadyAfterMs ? 1 : this.#crashes + 1
    const delayMs = restartDelayMs(this.#crashes, this.#options.random)
    this.#options.onRestart?.(this.spec.name, delayMs, cause)
    this.#restartTimer = setTimeout(() => {
      this.restarts++
      this.launch()
    }, delayMs)
  }
}

/** Full jitter: anywhere between nothing and an exponentially growing, bounded ceiling. */
export function restartDelayMs(crashes: number, random: () => number = Math.random): number {
  return Math.floor(random() * Math.min(backoffCapMs, backoffBaseMs * 2 ** Math.min(crashes, 16)))
}
