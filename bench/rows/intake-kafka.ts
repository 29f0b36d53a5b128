import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { kafkaSupport } from '../../bin/setup/kafka.ts'
import { startBrokers, type KafkaCluster } from '../../bin/setup/kafka-cluster.ts'
import { systemClock } from '../../domain/clock.ts'
import type { EventLog, Partition } from '../../server/platform/event-log/event-log.ts'
import { openEventLog } from '../../server/platform/event-log/open-event-log.ts'
import { BenchProcess } from '../child-process.ts'
import { cpuMs } from '../cpu-time.ts'
import type { ProduceJob, ProduceResult } from '../floors/kafka/produce-job.ts'
import { CONNECTIONS, FIRST_PASS_SECONDS, Measurement, type Target, WARM_UP_SECONDS } from '../measurement.ts'
import { median, rounded } from '../percentile.ts'
import type { BenchOptions, BenchRow, SkippedRow } from '../row.ts'
import { startSubject } from '../subject.ts'

const BROKERS = 3
const ENVELOPES = 20_000

/**
 * The row `intake` with three Kafka brokers as its event log, beside the bare client's acknowledged produce of the same
 * envelopes to the same brokers, in alternation.
 */
export async function intakeKafka(options: BenchOptions): Promise<BenchRow | SkippedRow> {
  const { folder, say, onEnd, rounds } = options
  const missing = kafkaSupport()
  if (missing !== null) return { name: 'intake-kafka', skipped: missing }
  say('starting three brokers and the portal, in a folder of their own')
  const brokers = await startBrokers({ folder: join(folder, 'kafka'), count: BROKERS, steady: true })
  onEnd(() => brokers.stop())
  const brokerPids = Object.fromEntries(Array.from({ length: BROKERS }, (_, index) => [`broker-${index + 1}`, brokers.pid(index) ?? 0]))
  const subject = await startSubject(options, { EVENT_LOG_URL: brokers.url })
  const portal: Target = { name: 'portal', ...subject, pids: { ...subject.pids, ...brokerPids } }
  const measure = await Measurement.start(options)
  await measure.firstPass(portal)
  await subject.drain()

  const envelopes = join(folder, 'envelopes.jsonl')
  await writeEnvelopes(subject.log, envelopes)
  const client = await startClient(brokers, envelopes, brokerPids, options)
  const logAlone = await startLogAlone(brokers, envelopes, brokerPids, options)
  for (const one of [client, logAlone]) await one.run(FIRST_PASS_SECONDS)
  const drains: { lagEvents: number; seconds: number }[] = []
  for (let round = 0; round < rounds; round++) {
    await client.run(options.seconds, true)
    const { acceptedPerSecond } = await measure.closed(portal, round)
    drains.push(await subject.drain())
    await logAlone.run(options.seconds, true)
    const [floor, alone] = [client, logAlone].map(({ results }) => Math.round(results.at(-1)!.ackedPerSecond).toLocaleString('en'))
    say(`round ${round + 1} of ${rounds}: ${Math.round(acceptedPerSecond).toLocaleString('en')} reports/s, bare client ${floor}, log alone ${alone}`)
  }
  const value = median(measure.rates('portal'))
  const half = await measure.halfRate(portal, value, () => subject.drain())
  await measure.checkKept([portal])
  const ratioTo = ({ results }: Producing) => rounded(median(results.map(({ ackedPerSecond }, round) => measure.rates('portal')[round]! / ackedPerSecond)))
  return {
    name: 'intake-kafka', value: Math.round(value), unit: 'reports/s', p50Ms: half.p50Ms, p99Ms: half.p99Ms,
    floors: { client: client.rate() }, ratios: { client: ratioTo(client) },
    details: {
      connections: CONNECTIONS, brokers: BROKERS,
      rounds: { ...measure.roundsByTarget(), client: client.rates(), logAlone: logAlone.rates() },
      halfRate: half.details,
      refused: measure.refusedByTarget(),
      client: client.latencies(),
      /** Appends without a door, by as many callers: what the port costs over the bare client, and the door over the port. */
      logAlone: { perSecond: logAlone.rate(), ...logAlone.latencies(), ofClient: rounded(logAlone.rate() / client.rate()), portalOfIt: ratioTo(logAlone) },
      projectionsBehindAfterRound: drains.map(({ lagEvents, seconds }) => ({ events: lagEvents, restAfterSeconds: rounded(seconds) })),
      cpuMicrosecondsPerReport: { ...measure.cpuByTarget(), client: client.cpu(), logAlone: logAlone.cpu() },
      generatorUtilization: measure.utilizationByTarget(),
    },
  }
}

/** Reports' envelopes as they stand in the log, one per line, as many of each partition. */
async function writeEnvelopes(log: EventLog, path: string): Promise<void> {
  const partitions = await log.partitions('outages')
  const columns = await Promise.all(partitions.map((partition) => oldestReports(log, partition, Math.ceil(ENVELOPES / partitions.length))))
  writeFileSync(path, columns.flat().map((json) => `${json}\n`).join(''))
}

async function oldestReports(log: EventLog, partition: Partition, most: number): Promise<string[]> {
  const { signal } = new AbortController()
  const reports: string[] = []
  for await (const records of log.read(partition, null, { signal, follow: false })) {
    for (const { envelope } of records) if (envelope.type === 'outage.reported.v1') reports.push(JSON.stringify(envelope))
    if (reports.length >= most) break
  }
  return reports.slice(0, most)
}

const here = (path: string) => fileURLToPath(new URL(`../floors/kafka/${path}`, import.meta.url))

async function startClient(brokers: KafkaCluster, envelopes: string, brokerPids: Record<string, number>, { onEnd }: BenchOptions): Promise<Producing> {
  const prefix = 'floor'
  // The log makes the topic, so that it promises what the portal's does.
  const maker = await openEventLog({ url: `${brokers.url}/${prefix}`, clock: systemClock, region: 'local', node: 'bench-maker' })
  const partitions = await maker.partitions('outages')
  await maker.close()
  const { process } = await BenchProcess.start('floor client', here('bare-client.ts'), [brokers.bootstrap.join(','), `${prefix}.outages`, String(partitions.length), envelopes])
  onEnd(() => process.stop())
  return new Producing(process, { client: process.pid, ...brokerPids })
}

async function startLogAlone(brokers: KafkaCluster, envelopes: string, brokerPids: Record<string, number>, { onEnd }: BenchOptions): Promise<Producing> {
  const { process } = await BenchProcess.start('log alone', here('log-alone.ts'), [`${brokers.url}/alone`, envelopes])
  onEnd(() => process.stop())
  return new Producing(process, { log: process.pid, ...brokerPids })
}

/** A process that produces for a while each time it is asked to, and what it counted. */
class Producing {
  readonly results: ProduceResult[] = []
  readonly #process: BenchProcess
  readonly #pids: Record<string, number>
  readonly #cpu: Record<string, number>[] = []

  constructor(process: BenchProcess, pids: Record<string, number>) {
    this.#process = process
    this.#pids = pids
  }

  async run(seconds: number, counts = false): Promise<void> {
    const before = cpuMs(this.#pids)
    const result = await this.#process.ask<ProduceResult>({ warmUpSeconds: WARM_UP_SECONDS, seconds, inFlight: CONNECTIONS } satisfies ProduceJob)
    if (!counts) return
    const after = cpuMs(this.#pids)
    this.results.push(result)
    this.#cpu.push(Object.fromEntries(Object.keys(this.#pids).map((name) => [name, ((after[name]! - before[name]!) * 1000) / result.ackedInAll])))
  }

  rates(): number[] {
    return this.results.map(({ ackedPerSecond }) => Math.round(ackedPerSecond))
  }

  rate(): number {
    return Math.round(median(this.rates()))
  }

  latencies(): { p50Ms: number; p99Ms: number } {
    return { p50Ms: rounded(median(this.results.map(({ p50Ms }) => p50Ms))), p99Ms: rounded(median(this.results.map(({ p99Ms }) => p99Ms))) }
  }

  /** Processor microseconds per record, by process. */
  cpu(): Record<string, number> {
    return Object.fromEntries(Object.keys(this.#pids).map((name) => [name, rounded(median(this.#cpu.map((round) => round[name]!)))]))
  }
}
