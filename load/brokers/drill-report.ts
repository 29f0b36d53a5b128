import type { DrillRun, StruckFault } from './run-drill.ts'
import type { LoggedRecord, Reckoning } from './reckoning.ts'
import { acceptedWithinMs, type Attempt, type FaultFigures, figuresOf, isAccepted, longestGapMs, type Phase, phaseOf } from './timeline.ts'

/** With one broker dead, accepting goes on within this. */
const GOES_ON_MS = 5_000

interface FaultReport extends FaultFigures {
  name: string
  target: string
  brokersDown: number
  startedAt: string
  /** From the strike until its undoing began, and until everything took part again. */
  downMs: number
  backAfterMs: number
  /** Sent and accepted in between, when all of the strike was done and nothing yet undone. */
  acceptedWhileDown: number
  /** From the beginning of its undoing to the first acceptance of a report that was sent after it. */
  acceptedAfterLiftMs: number | null
}

/** What a drill prints. Times in milliseconds. */
export interface DrillReport extends Omit<Reckoning, 'faults'> {
  ok: boolean
  /** While new reports arrived: the longest time without an acceptance. */
  longestGapMs: number
  /** Of every send: from send to receipt. */
  accepting: Phase
  /** The worst of all faults with one broker down; `withinAim`: both were at most 5 s. Null without such a fault. */
  oneBrokerDown: { acceptedWithinMs: number | null; everyPartitionWithinMs: number | null; withinAim: boolean } | null
  faults: FaultReport[]
  skippedFaults: readonly SkippedFault[]
  /** Everything that must not be, in words. */
  problems: string[]
}

export interface SkippedFault {
  name: string
  reason: string
}

/** Puts what happened and what was found into one object. Pure. */
export function drillReport(run: DrillRun, reckoning: Reckoning, log: readonly LoggedRecord[], skippedFaults: readonly SkippedFault[]): DrillReport {
  const partitions = new Map(log.filter(({ kind }) => kind === 'report').map(({ id, partition }) => [id, partition]))
  const { faults: problems, ...counts } = reckoning
  const faults = run.faults.map((fault) => faultReport(run.attempts, fault, (id) => partitions.get(id)))
  return {
    ok: problems.length === 0,
    ...counts,
    longestGapMs: longestGapMs(run.attempts, run.loadFromMs, run.loadUntilMs),
    accepting: phaseOf(run.attempts, 0, Infinity),
    oneBrokerDown: worst(faults.filter(({ brokersDown }) => brokersDown === 1)),
    faults,
    skippedFaults,
    problems,
  }
}

function faultReport(attempts: readonly Attempt[], fault: StruckFault, partitionOf: (id: string) => string | undefined): FaultReport {
  const { name, target, brokersDown, startedAt, struckMs, hitMs, liftingMs, liftedMs } = fault
  return {
    name, target, brokersDown, startedAt,
    downMs: Math.round(liftingMs - struckMs),
    backAfterMs: Math.round(liftedMs - struckMs),
    acceptedWhileDown: attempts.filter((attempt) => isAccepted(attempt) && attempt.startedMs >= hitMs && attempt.endedMs <= liftingMs).length,
    acceptedAfterLiftMs: acceptedWithinMs(attempts, liftingMs),
    ...figuresOf(attempts, fault, partitionOf),
  }
}

function worst(faults: readonly FaultReport[]): DrillReport['oneBrokerDown'] {
  if (faults.length === 0) return null
  const most = (times: readonly (number | null)[]) => (times.includes(null) ? null : Math.max(...times.map(Number)))
  const accepted = most(faults.map((fault) => fault.acceptedWithinMs))
  const everyPartition = most(faults.map((fault) => fault.everyPartitionWithinMs))
  return { acceptedWithinMs: accepted, everyPartitionWithinMs: everyPartition, withinAim: [accepted, everyPartition].every((time) => time !== null && time <= GOES_ON_MS) }
}

/** The report as a table for people. */
export function describeDrill(report: DrillReport): string {
  const { oneBrokerDown } = report
  const ms = (time: number | null) => (time === null ? '–' : String(Math.round(time)))
  const header = ['FAULT', 'WHOM', 'ACCEPTED WITHIN', 'EVERY PARTITION', 'GAP', 'P50/P99 BEFORE', 'DURING', 'AFTER']
  const rows = report.faults.map((fault) => [
    fault.name, fault.target, ms(fault.acceptedWithinMs), ms(fault.everyPartitionWithinMs), ms(fault.longestGapMs),
    ...[fault.before, fault.during, fault.after].map(({ p50Ms, p99Ms }) => `${ms(p50Ms)}/${ms(p99Ms)}`),
  ])
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)))
  const table = [header, ...rows].map((row) => `  ${row.map((cell, column) => (column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join('  ')}`)
  const counts: [string, number][] = [
    ['sent', report.sent], ['accepted', report.accepted], ['in the log', report.inLog], ['matched', report.matched], ['lost', report.lost], ['doubled', report.doubled],
    ['false receipts', report.falseReceipts], ['never accepted', report.neverAccepted], ['copies in the log', report.copiesInLog],
  ]
  return [
    ...table, '  (milliseconds)', '',
    ...counts.map(([name, count]) => `  ${name.padEnd(18)}${String(count).padStart(7)}`), '',
    `  The longest time without an acceptance: ${report.longestGapMs} ms`,
    ...(oneBrokerDown ? [`  With one broker down accepting went on within ${ms(oneBrokerDown.acceptedWithinMs)} ms, in every partition within ${ms(oneBrokerDown.everyPartitionWithinMs)} ms`] : []),
    ...report.skippedFaults.map(({ name, reason }) => `  SKIPPED ${name}: ${reason}`),
    ...(report.ok ? ['  Nothing lost, nothing doubled, no false receipt.'] : report.problems.map((problem) => `  ${problem}`)),
  ].join('\n')
}
