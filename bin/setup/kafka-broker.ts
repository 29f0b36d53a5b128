import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { isAlive, signalProcess, startTicksOf, waitUntilGone, type ProcessIdentity } from '../supervisor/process-identity.ts'
import { identityOf, readRunRecords, removeRunRecord, writeRunRecord } from '../supervisor/run-record.ts'
import { findProgram } from './find-program.ts'
import { propertiesPath, type BrokerPlace } from './kafka-properties.ts'
import { javaProgram } from './maven-jars.ts'
import { projectFolder } from './project-folder.ts'

const killedWithinMs = 10_000
const lookEveryMs = 10
const shownLogLines = 12
const logging = join(projectFolder, 'ops/kafka/log4j2.xml')

/** The smallest that stayed steady in long runs: some 260 MB resident each. */
const memory = ['-Xms64m', '-Xmx256m', '-XX:+UseSerialGC', '-Xss512k', '-XX:MaxDirectMemorySize=64m', '-XX:ReservedCodeCacheSize=64m']

/** Halves the work of a start (2 s of CPU instead of 4), and makes brokers slower that work for minutes. */
const quickStart = '-XX:TieredStopAtLevel=1'

export interface BrokerProcessOptions {
  /** Absolute folder of the cluster: properties, logs and run records. */
  folder: string
  /** Absolute folder of the jars. */
  jars: string
  /** Outlives this process. False: the kernel ends it with this process, however that ends. */
  detached: boolean
  /** Java compiles for speed over minutes, not for a quick start. */
  steady: boolean
}

/** One broker's process, known by pid and start, also when an earlier command started it. */
export class BrokerProcess {
  readonly place: BrokerPlace
  readonly name: string
  readonly #options: BrokerProcessOptions
  #identity: ProcessIdentity | null

  constructor(place: BrokerPlace, options: BrokerProcessOptions) {
    this.place = place
    this.name = brokerName(place.index)
    this.#options = options
    const record = readRunRecords(options.folder).find((one) => one.name === this.name)
    this.#identity = record ? identityOf(record) : null
  }

  get pid(): number | null {
    return this.#identity && isAlive(this.#identity) ? this.#identity.pid : null
  }

  /** Starts it unless it runs; does not wait for anything. */
  launch(): void {
    if (this.pid !== null) return
    const { folder, jars, detached, steady } = this.#options
    const java = [javaProgram(), ...memory, ...(steady ? [] : [quickStart]), `-Dlog4j2.configurationFile=${logging}`, `-Dstormdoor.broker.log=${this.#logPath}`, '-cp', join(jars, '*'), 'kafka.Kafka', propertiesPath(folder, this.place.index)]
    const [file = '', ...args] = detached || !findProgram('setpriv') ? java : ['setpriv', '--pdeathsig', 'KILL', ...java]
    const output = openSync(this.#outputPath, 'a', 0o600)
    // Its own process group: Ctrl-C in the terminal is for the command, which ends its brokers itself.
    const child = spawn(file, args, { cwd: folder, env: brokerEnvironment(), stdio: ['ignore', output, output], detached: true })
    closeSync(output)
    child.once('error', () => {})
    if (detached) child.unref()
    this.#record(child)
  }

  /** SIGSTOP or SIGCONT; resolves when it stands still or goes on. Harmless when it does not run. */
  async suspend(still: boolean): Promise<void> {
    const identity = this.#identity
    if (!identity) return
    signalProcess(identity, still ? 'SIGSTOP' : 'SIGCONT')
    while (isAlive(identity) && isSuspended(identity.pid) !== still) await delay(lookEveryMs)
  }

  /** Ends it and waits until it is gone: asked first when it has some time, then killed. A suspended one as well. */
  async end(graceMs: number): Promise<void> {
    if (this.#identity) await endProcess(this.#identity, graceMs)
    removeRunRecord(this.#options.folder, this.name)
  }

  /** The last lines that it wrote, for an error message; empty when it wrote nothing. */
  lastWords(): string {
    const lines = [this.#outputPath, this.#logPath].flatMap((path) => linesOf(path).slice(-shownLogLines))
    return lines.map((line) => `  ${line}`).join('\n')
  }

  get #logPath(): string {
    return join(this.#options.folder, 'logs', `${this.name}.log`)
  }

  get #outputPath(): string {
    return join(this.#options.folder, 'logs', `${this.name}.out`)
  }

  #record({ pid }: ChildProcess): void {
    if (pid === undefined) return
    this.#identity = { pid, startTicks: startTicksOf(pid) ?? '' }
    writeRunRecord(this.#options.folder, {
      name: this.name, ...this.#identity, port: this.place.clientPort, adminPort: null,
      startedAt: new Date().toISOString(), restarts: 0, stopSignal: 'SIGTERM',
    })
  }
}

function brokerName(index: number): string {
  return `kafka-${index + 1}`
}

/** Ends exactly this process, suspended or not: asked first when `graceMs` is above 0, then killed. */
export async function endProcess(identity: ProcessIdentity, graceMs: number): Promise<void> {
  if (graceMs > 0) {
    signalProcess(identity, 'SIGTERM')
    // A suspended one would never see the request.
    signalProcess(identity, 'SIGCONT')
    if (await waitUntilGone(identity, graceMs)) return
  }
  signalProcess(identity, 'SIGKILL')
  await waitUntilGone(identity, killedWithinMs)
}

/** Options meant for other Java programs do not reach the brokers. */
export function brokerEnvironment(): NodeJS.ProcessEnv {
  const { JAVA_TOOL_OPTIONS: _tool, JDK_JAVA_OPTIONS: _jdk, _JAVA_OPTIONS: _any, CLASSPATH: _classes, ...rest } = process.env
  return rest
}

function isSuspended(pid: number): boolean {
  try {
    return /^State:\s+T/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').trimEnd().split('\n').filter(Boolean)
  } catch {
    return []
  }
}
