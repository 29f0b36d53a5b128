import { mkdirSync } from 'node:fs'
import { tryLockFolder } from '../setup/folder-lock.ts'
import { SetupError } from '../setup/setup-error.ts'
import { isAlive, signalProcess, startTicksOf, waitUntilGone } from './process-identity.ts'
import type { ProcessSpec } from './process-spec.ts'
import { identityOf, readRunRecords, removeRunRecord, runFolder, supervisorName, writeRunRecord } from './run-record.ts'
import { SupervisedProcess, type SupervisedProcessOptions } from './supervised-process.ts'

const leftoverGraceMs = 6000
const killedWithinMs = 5000

/**
 * The processes of one data folder. Order matters at the first start and, reversed, at the stop; after that each
 * lives, dies and returns by itself.
 */
export class Supervisor {
  readonly dataDir: string
  readonly #processes = new Map<string, SupervisedProcess>()
  readonly #options: SupervisedProcessOptions
  readonly #stopping = new AbortController()
  readonly #release: () => void

  private constructor(options: SupervisedProcessOptions, release: () => void) {
    this.dataDir = options.dataDir
    this.#options = options
    this.#release = release
  }

  /** Takes the data folder for this process alone and ends what a killed supervisor left behind in it. */
  static async open(options: SupervisedProcessOptions & { url: string; eventLogUrl?: string }): Promise<Supervisor> {
    const { dataDir, url, eventLogUrl } = options
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    const release = tryLockFolder(runFolder(dataDir), supervisorName)
    if (!release) {
      const holder = readRunRecords(dataDir).find((record) => record.name === supervisorName)
      throw new SetupError(`Stormdoor already runs from ${dataDir}${holder ? ` (pid ${holder.pid}), at ${holder.url}` : ''}.\nStop it first, or give this one its own data folder: STORMDOOR_DATA=/another/folder PORT=3001 npm start`)
    }
    try {
      await endLeftovers(dataDir)
      writeRunRecord(dataDir, {
        name: supervisorName, pid: process.pid, startTicks: startTicksOf(process.pid) ?? '', port: null, adminPort: null,
        startedAt: new Date().toISOString(), restarts: 0, stopSignal: 'SIGTERM', url, eventLogUrl,
      })
    } catch (error) {
      release()
      throw error
    }
    return new Supervisor(options, release)
  }

  /** Adds a process and starts it; it is not waited for. */
  launch(spec: ProcessSpec): SupervisedProcess {
    this.#stopping.signal.throwIfAborted()
    const added = new SupervisedProcess(spec, this.#options)
    this.#processes.set(spec.name, added)
    added.launch()
    return added
  }

  /** Starts all in order of the list, then waits until each is ready. */
  async start(specs: readonly ProcessSpec[], readyWithinMs: number): Promise<void> {
    const launched = specs.map((spec) => this.launch(spec))
    await Promise.all(launched.map((one) => one.waitUntilReady(readyWithinMs, this.#stopping.signal)))
  }

  get(name: string): SupervisedProcess {
    const found = this.#processes.get(name)
    if (!found) throw new Error(`no process "${name}"; there are: ${[...this.#processes.keys()].join(', ')}`)
    return found
  }

  get names(): string[] {
    return [...this.#processes.keys()]
  }

  /** Stops all, the last started first, those of one stage at once, each bounded in time. */
  async stop(onStop?: (names: readonly string[]) => void): Promise<void> {
    this.#stopping.abort()
    for (const stage of this.#stages().reverse()) {
      onStop?.(stage.map(({ spec }) => spec.name))
      await Promise.all(stage.map((one) => one.stop()))
    }
    await this.#close()
  }

  #stages(): SupervisedProcess[][] {
    const stages: SupervisedProcess[][] = []
    for (const one of this.#processes.values()) {
      const stage = stages.at(-1)
      if (stage && one.spec.stage !== undefined && stage[0]?.spec.stage === one.spec.stage) stage.push(one)
      else stages.push([one])
    }
    return stages
  }

  /** Kills all at once. */
  async stopNow(): Promise<void> {
    this.#stopping.abort()
    await Promise.all(this.names.map((name) => this.get(name).stop(0)))
    await this.#close()
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#processes.values()].map((one) => one.log.close()))
    removeRunRecord(this.dataDir, supervisorName)
    this.#release()
  }
}

/** Ends what the records name, provided that it is still the very same process; returns the names. */
async function endLeftovers(dataDir: string): Promise<string[]> {
  const left = readRunRecords(dataDir).filter((record) => record.name !== supervisorName)
  await Promise.all(left.map(async (record) => {
    const identity = identityOf(record)
    if (isAlive(identity)) {
      signalProcess(identity, 'SIGCONT')
      signalProcess(identity, record.stopSignal)
      if (!(await waitUntilGone(identity, leftoverGraceMs))) {
        signalProcess(identity, 'SIGKILL')
        await waitUntilGone(identity, killedWithinMs)
      }
    }
    removeRunRecord(dataDir, record.name)
  }))
  return left.map((record) => record.name)
}
