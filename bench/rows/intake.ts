import { type Floor, startHttpFloor, startHttpSqliteFloor, startNextPrismaFloor } from '../floors/floor.ts'
import { CONNECTIONS, Measurement, type Target } from '../measurement.ts'
import { median, rounded } from '../percentile.ts'
import type { BenchOptions, BenchRow } from '../row.ts'
import { startSubject, type Subject } from '../subject.ts'

/**
 * Outage reports accepted per second: durable, signed, both projectors at work; beside three floors
 * with the same generator, connections and bodies, in alternation.
 */
export async function intake(options: BenchOptions): Promise<BenchRow> {
  const { say } = options
  say('starting the portal, in a folder of its own')
  const subject = await startSubject(options)
  say('building and starting the floors')
  const floors = await startFloors(options, subject)
  const measure = await Measurement.start(options)

  const portal: Target = { name: 'portal', ...subject }
  // The portal stands between floors, so that a drift of the machine touches both sides.
  const order: Target[] = [floors[0]!, floors[1]!, portal, floors[2]!]
  for (const target of order) {
    await measure.firstPass(target)
    if (target === portal) await subject.drain()
  }
  const drains: { lagEvents: number; seconds: number }[] = []
  for (let round = 0; round < options.rounds; round++) {
    for (const target of order) {
      const { acceptedPerSecond } = await measure.closed(target, round)
      say(`round ${round + 1} of ${options.rounds}: ${target.name.padEnd(11)} ${Math.round(acceptedPerSecond).toLocaleString('en')} reports/s`)
      if (target === portal) drains.push(await subject.drain())
    }
  }
  const value = median(measure.rates('portal'))
  const half = await measure.halfRate(portal, value, () => subject.drain())
  await measure.checkKept(order)
  return {
    name: 'intake',
    value: Math.round(value),
    unit: 'reports/s',
    p50Ms: half.p50Ms,
    p99Ms: half.p99Ms,
    floors: Object.fromEntries(floors.map(({ name }) => [name, Math.round(median(measure.rates(name)))])),
    ratios: Object.fromEntries(floors.map(({ name }) => [name, rounded(median(measure.ratios('portal', name)))])),
    details: {
      connections: CONNECTIONS,
      rounds: measure.roundsByTarget(),
      halfRate: half.details,
      /** Answers other than 201: the door sheds load when it falls behind. */
      refused: measure.refusedByTarget(),
      projectionsBehindAfterRound: drains.map(({ lagEvents, seconds }) => ({ events: lagEvents, restAfterSeconds: rounded(seconds) })),
      cpuMicrosecondsPerReport: measure.cpuByTarget(),
      generatorUtilization: measure.utilizationByTarget(),
    },
  }
}

async function startFloors({ folder, onEnd }: BenchOptions, subject: Subject): Promise<Floor[]> {
  const floors: Floor[] = []
  for (const start of [startHttpFloor, () => startHttpSqliteFloor(folder), () => startNextPrismaFloor(subject.databaseUrl, subject.pids['postgres']!)]) {
    const floor = await start()
    onEnd(() => floor.stop())
    floors.push(floor)
  }
  return floors
}
