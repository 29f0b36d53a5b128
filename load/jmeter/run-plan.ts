import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { javaProgram } from '../../bin/setup/maven-jars.ts'
import { SetupError } from '../../bin/setup/setup-error.ts'
import { countCutOff, TEST_START } from './cut-off.ts'
import { jmeterFigures, type JMeterRow } from './jmeter-figures.ts'

export const PLANS = ['storm', 'preload'] as const
export type PlanName = (typeof PLANS)[number]

/** After the storm's last arrival; what is still under way then is cut off. */
const PATIENCE_SECONDS = 5

export interface PlanRun {
  /** Absolute path of ApacheJMeter.jar. */
  jmeter: string
  plan: PlanName
  /** The plan says which it knows. */
  properties: Readonly<Record<string, string>>
  /** Absolute; takes samples, log and JMeter's HTML report. */
  out: string
  signal: AbortSignal
}

/** Runs a plan of this folder without a window. Throws SetupError with JMeter's words when it made no report. */
export async function runPlan({ jmeter, plan, properties, out, signal }: PlanRun): Promise<{ total: JMeterRow; routes: JMeterRow[] }> {
  const [samples, report, log, given] = ['samples.jtl', 'report', 'jmeter.log', 'plan.properties'].map((name) => join(out, name)) as [string, string, string, string]
  const settings = {
    patience: String(PATIENCE_SECONDS),
    sample_variables: TEST_START,
    // A thread of the open model's outlives its plan by a minute.
    'jmeterengine.force.system.exit': 'true',
  }
  // JMeter writes into no report that is there.
  for (const left of [samples, report, log, given]) rmSync(left, { recursive: true, force: true })
  // One of them is a token: everybody sees a command line, and JMeter's log repeats it.
  writeFileSync(given, propertiesFile({ ...properties, ...settings }), { mode: 0o600 })
  const child = spawn(
    javaProgram(),
    [
      '-Xmx512m', '-Djava.awt.headless=true', '-jar', jmeter, '--nongui',
      '--testfile', join(import.meta.dirname, `${plan}.jmx`), '--logfile', samples, '--jmeterlogfile', log, '--reportatendofloadtests', '--reportoutputfolder', report,
      '--addprop', given,
    ],
    { cwd: out, stdio: ['ignore', 'pipe', 'pipe'], signal },
  )
  const words = Promise.all([text(child.stdout), text(child.stderr)])
  const [code] = (await once(child, 'close').finally(() => rmSync(given))) as [number | null]
  try {
    const cutOff = plan === 'storm' ? await countCutOff(samples, (Number(properties['seconds']) + PATIENCE_SECONDS) * 1_000) : new Map<string, number>()
    return jmeterFigures(JSON.parse(readFileSync(join(report, 'statistics.json'), 'utf8')), cutOff)
  } catch (error) {
    throw new SetupError(`JMeter made no report (exit code ${code}; its log: ${log}).\n${(await words).join('').trim()}\n${(error as Error).message}`)
  }
}

/** As java.util.Properties reads it, in Latin 1. */
function propertiesFile(properties: Readonly<Record<string, string>>): string {
  const plain = (text: string) => text.replaceAll('\\', String.raw`\\`).replaceAll(/[^ -~]/g, (unit) => String.raw`\u` + unit.charCodeAt(0).toString(16).padStart(4, '0'))
  return Object.entries(properties).map(([name, value]) => `${name}=${plain(value)}\n`).join('')
}
