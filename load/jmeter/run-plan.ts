import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { javaProgram } from '../../bin/setup/maven-jars.ts'
import { SetupError } from '../../bin/setup/setup-error.ts'
import { jmeterFigures, type JMeterRow } from './jmeter-figures.ts'

export const PLANS = ['storm', 'preload'] as const
export type PlanName = (typeof PLANS)[number]

export interface PlanRun {
  /** Absolute path of ApacheJMeter.jar. */
  jmeter: string
  plan: PlanName
  /** As `-J` takes them; the plan says what it knows. */
  properties: Readonly<Record<string, string>>
  /** Absolute; takes samples, log and JMeter's HTML report. */
  out: string
  signal: AbortSignal
}

/** Runs a plan of this folder without a window. Throws SetupError with JMeter's words when it made no report. */
export async function runPlan({ jmeter, plan, properties, out, signal }: PlanRun): Promise<{ total: JMeterRow; routes: JMeterRow[] }> {
  const [samples, report, log] = ['samples.jtl', 'report', 'jmeter.log'].map((name) => join(out, name)) as [string, string, string]
  // JMeter writes into no report that is there.
  for (const left of [samples, report, log]) rmSync(left, { recursive: true, force: true })
  const child = spawn(
    javaProgram(),
    [
      '-Xmx512m', '-Djava.awt.headless=true', '-jar', jmeter, '--nongui',
      '--testfile', join(import.meta.dirname, `${plan}.jmx`), '--logfile', samples, '--jmeterlogfile', log, '--reportatendofloadtests', '--reportoutputfolder', report,
      ...Object.entries(properties).map(([name, value]) => `-J${name}=${value}`),
    ],
    { cwd: out, stdio: ['ignore', 'pipe', 'pipe'], signal },
  )
  const words = Promise.all([text(child.stdout), text(child.stderr)])
  const [code] = (await once(child, 'close')) as [number | null]
  try {
    return jmeterFigures(JSON.parse(readFileSync(join(report, 'statistics.json'), 'utf8')))
  } catch (error) {
    throw new SetupError(`JMeter made no report (exit code ${code}; its log: ${log}).\n${(await words).join('').trim()}\n${(error as Error).message}`)
  }
}
