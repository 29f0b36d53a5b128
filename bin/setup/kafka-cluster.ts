import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { BrokerProcess, brokerEnvironment } from './kafka-broker.ts'
import { makeKafkaCertificate, type KafkaCertificate } from './kafka-certificate.ts'
import { freePorts } from './free-port.ts'
import { brokerProperties, propertiesPath, type BrokerPlace } from './kafka-properties.ts'
import { activeController, aliveBrokers, couldMakeTopic, type KafkaAccess } from './kafka-questions.ts'
import { prepareKafka } from './kafka.ts'
import { javaProgram } from './maven-jars.ts'
import { runProgram } from './run-program.ts'
import { SetupError } from './setup-error.ts'

const readyWithinMs = 120_000
const controllerWithinMs = 20_000
const askEveryMs = 100
const portAttempts = 3
/** Client, controller and, where clients sign in, the brokers' own. */
export const portsPerBroker = 3

export interface BrokersOptions {
  /** Absolute folder of the cluster; made when missing, never emptied: the same folder continues with its records. */
  folder: string
  /** 1 or 3. */
  count: number
  /** `portsPerBroker` for each broker, one broker after the other; free ones when not given. */
  ports?: readonly number[]
  /** Clients come by TLS and SCRAM-SHA-512 as this user. */
  auth?: { username: string; password: string }
  /** Where each broker keeps its data, instead of a folder each in `folder`. */
  dataFolders?: readonly string[]
  /** Broker properties set over Stormdoor's own. */
  properties?: Readonly<Record<string, string>>
  /** The brokers outlive this process; default false: they end with it, however it ends. */
  detached?: boolean
  /** Whether Java compiles for speed over minutes (a benchmark) rather than for a quick start (a test); default as `detached`. */
  steady?: boolean
  /** Folder of fetched programs. */
  tools?: string
  say?: (detail: string) => void
}

/** Real brokers on loopback, each also a controller, counted from 0. */
export interface KafkaCluster {
  /** `kafka://host:port,…`, with `?tls=…&sasl=…` where clients sign in. */
  url: string
  /** What `openEventLog` needs in the environment beside the URL; empty where clients do not sign in. */
  env: Record<string, string>
  /** `host:port` of each. */
  bootstrap: string[]
  brokers: number
  /** SIGKILL; resolves when it is gone. Also for a suspended one. */
  kill(index: number): Promise<void>
  /** SIGSTOP; resolves when it stands still. */
  suspend(index: number): Promise<void>
  /** SIGCONT. */
  resume(index: number): Promise<void>
  /** Starts it again over its data, at its ports, without waiting; harmless when it runs. */
  launch(index: number): void
  /** The same, and resolves when it takes part again; rejects with its last words when it does not within two minutes. */
  start(index: number): Promise<void>
  /** null when it does not run. */
  pid(index: number): number | null
  /** Which broker is the active controller; waits for an election. */
  controller(): Promise<number>
  /** Ends all, suspended ones too: asked first when `graceMs` (default 0) is above 0, then killed. The folder stays. */
  stop(options?: { graceMs?: number }): Promise<void>
}

/**
 * Starts brokers and waits until all take part and a topic could be made. What an earlier call left running in the
 * folder is taken over. Throws SetupError with the brokers' last words; then none that it started is left running.
 */
export async function startBrokers(options: BrokersOptions): Promise<KafkaCluster> {
  if (options.ports && options.ports.length !== options.count * portsPerBroker) throw new RangeError(`${options.count} brokers need ${options.count * portsPerBroker} ports`)
  const jars = await prepareKafka({ tools: options.tools, say: options.say })
  for (let attempt = 1; ; attempt++) {
    const ports = options.ports ?? (await freePorts(options.count * portsPerBroker))
    const cluster = await prepareCluster({ ...options, ports }, jars)
    try {
      options.say?.('waiting for the brokers')
      await cluster.startAll()
      return cluster
    } catch (error) {
      await cluster.stopLaunched()
      // Somebody took a port between the choice and the start.
      if (!options.ports && attempt < portAttempts && error instanceof Error && /address already in use|failed to bind/i.test(error.message)) continue
      throw error
    }
  }
}

async function prepareCluster(options: BrokersOptions & { ports: readonly number[] }, jars: string): Promise<RunningCluster> {
  const { folder, count, auth, ports, properties = {}, detached = false, steady = detached } = options
  mkdirSync(join(folder, 'logs'), { recursive: true, mode: 0o700 })
  const places = Array.from({ length: count }, (_, index): BrokerPlace => {
    const [clientPort = 0, controllerPort = 0, innerPort = 0] = ports.slice(index * portsPerBroker)
    return { index, dataFolder: options.dataFolders?.[index] ?? join(folder, `data-${index + 1}`), clientPort, controllerPort, innerPort }
  })
  const brokers = places.map((place) => new BrokerProcess(place, { folder, jars, detached, steady }))
  const certificate = auth ? await certificateOf(folder) : null
  for (const place of places) writeFileSync(propertiesPath(folder, place.index), brokerProperties(place, places, certificate, properties), { mode: 0o600 })
  const id = clusterId(folder)
  options.say?.('preparing their folders')
  await Promise.all(places.map((place) => format(options, place, id, jars)))
  return new RunningCluster(id, brokers, auth && certificate ? { ...auth, caFile: certificate.caFile } : null)
}

async function certificateOf(folder: string): Promise<KafkaCertificate> {
  const place = join(folder, 'certificate')
  mkdirSync(place, { recursive: true, mode: 0o700 })
  return makeKafkaCertificate(place)
}

/** A folder that was formatted before is left as it is. */
async function format({ folder, auth }: BrokersOptions, place: BrokerPlace, id: string, jars: string): Promise<void> {
  if (existsSync(join(place.dataFolder, 'meta.properties'))) return
  const user = auth ? ['--add-scram', `SCRAM-SHA-512=[name=${auth.username},password=${auth.password}]`] : []
  const args = ['-Xmx128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', join(jars, '*'), 'kafka.tools.StorageTool', 'format', '-t', id, '-c', propertiesPath(folder, place.index), ...user]
  const { code, output } = await runProgram(javaProgram(), args, { cwd: folder, env: brokerEnvironment() })
  if (code !== 0) throw new SetupError(`Kafka could not prepare ${place.dataFolder}:\n${output.trimEnd()}`)
}

/** 16 random bytes as Kafka writes them, kept in the folder. */
function clusterId(folder: string): string {
  const path = join(folder, 'cluster-id')
  if (existsSync(path)) return readFileSync(path, 'utf8').trim()
  let id: string
  // A leading minus would be taken for an option.
  do id = randomBytes(16).toString('base64url')
  while (id.startsWith('-'))
  writeFileSync(path, `${id}\n`)
  return id
}

class RunningCluster implements KafkaCluster {
  readonly url: string
  readonly env: Record<string, string>
  readonly bootstrap: string[]
  readonly #id: string
  readonly #brokers: readonly BrokerProcess[]
  readonly #access: KafkaAccess | null
  #launched: readonly BrokerProcess[] = []

  constructor(id: string, brokers: readonly BrokerProcess[], access: KafkaAccess | null) {
    this.#id = id
    this.#brokers = brokers
    this.#access = access
    this.bootstrap = brokers.map(({ place }) => `127.0.0.1:${place.clientPort}`)
    this.url = `kafka://${this.bootstrap.join(',')}${access ? '?tls=true&sasl=scram-sha-512' : ''}`
    this.env = access ? { KAFKA_USERNAME: access.username, KAFKA_PASSWORD: access.password, KAFKA_CA_FILE: access.caFile } : {}
  }

  get brokers(): number {
    return this.#brokers.length
  }

  async startAll(): Promise<void> {
    this.#launched = this.#brokers.filter((broker) => broker.pid === null)
    for (const broker of this.#launched) broker.launch()
    await Promise.all(this.#brokers.map((broker) => this.#until(broker, (alive) => alive.length === this.brokers)))
    const port = this.#broker(0).place.clientPort
    await waitFor(readyWithinMs, () => couldMakeTopic(port, this.#access, Math.min(3, this.brokers)), (reason) => `The Kafka brokers answer but cannot make a topic: ${reason}`)
  }

  kill(index: number): Promise<void> {
    return this.#broker(index).end(0)
  }

  suspend(index: number): Promise<void> {
    return this.#broker(index).suspend(true)
  }

  resume(index: number): Promise<void> {
    return this.#broker(index).suspend(false)
  }

  launch(index: number): void {
    this.#broker(index).launch()
  }

  async start(index: number): Promise<void> {
    const broker = this.#broker(index)
    broker.launch()
    await this.#until(broker, (alive) => alive.includes(index + 1))
  }

  pid(index: number): number | null {
    return this.#broker(index).pid
  }

  async controller(): Promise<number> {
    // A suspended broker takes the question and does not answer: all are asked at once.
    const ask = () => Promise.any(this.#brokers.map(({ place }) => activeController(place.clientPort, this.#access)))
    return (await waitFor(controllerWithinMs, ask, (reason) => `No active Kafka controller: ${reason}`)) - 1
  }

  async stop({ graceMs = 0 } = {}): Promise<void> {
    await Promise.all(this.#brokers.map((broker) => broker.end(graceMs)))
  }

  async stopLaunched(): Promise<void> {
    await Promise.all(this.#launched.map((broker) => broker.end(0)))
  }

  #broker(index: number): BrokerProcess {
    const broker = this.#brokers[index]
    if (!broker) throw new RangeError(`no broker ${index}: there are ${this.brokers}, counted from 0`)
    return broker
  }

  async #until(broker: BrokerProcess, takesPart: (alive: number[]) => boolean): Promise<void> {
    await waitFor(readyWithinMs, async () => {
      if (broker.pid === null) throw new BrokerEnded('it ended')
      const alive = await aliveBrokers(broker.place.clientPort, this.#access, this.#id)
      if (!takesPart(alive)) throw new Error(`it sees ${alive.length} of ${this.brokers} brokers`)
    }, (reason) => `${broker.name} did not get ready: ${reason}. The last it wrote:\n${broker.lastWords()}`)
  }
}

class BrokerEnded extends Error {}

async function waitFor<T>(withinMs: number, attempt: () => Promise<T>, refusal: (reason: string) => string): Promise<T> {
  const deadlineMs = performance.now() + withinMs
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (error instanceof BrokerEnded || performance.now() > deadlineMs) throw new SetupError(refusal(error instanceof Error ? error.message : String(error)))
    }
    await delay(askEveryMs)
  }
}
