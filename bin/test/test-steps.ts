import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { build } from '../build/build.ts'
import { prepareChromium } from '../setup/chromium.ts'
import { missingForFirefox, prepareFirefox } from '../setup/firefox.ts'
import { findProgram } from '../setup/find-program.ts'
import { kafkaSupport, prepareKafka } from '../setup/kafka.ts'
import { fetchDebianPackages } from '../setup/debian-packages.ts'
import { projectFolder, toolsFolder } from '../setup/project-folder.ts'
import { runProgram, type ProgramResult } from '../setup/run-program.ts'
import { missingForWebKit, prepareWebKit } from '../setup/webkit.ts'
import { auditPackages } from './audit-packages.ts'
import { countListed, countPlaywright, countPlaywrightList, countVitest } from './count-tests.ts'
import { fateOf, kafkaChoice, type StepFate } from './kafka-choice.ts'
import type { StepResult } from './step-result.ts'

export interface TestStep {
  title: string
  /** The later steps cannot run when this one fails. */
  needed?: boolean
  /** It is left out, and everybody is told why and how many tests that are. */
  skip?: { because: string; count: () => Promise<number> }
  /** Resolves to null when there is nothing to count. */
  run(say: (detail: string) => void): Promise<StepResult | null>
}

/** Lanes that run side by side; the steps of a lane run one after another. */
export type TestStage = readonly TestStep[][]

export interface StepChoice {
  full: boolean
  only?: readonly string[]
  /** `@door`: only tests with it in their title. */
  tag?: string
}

const binaries = join(projectFolder, 'node_modules/.bin')
const sourceFolders = ['app', 'bench', 'bin', 'components', 'domain', 'e2e', 'load', 'messages', 'prisma', 'processes', 'server', 'worker', 'utility.config.ts']
const sizeCheck = 'worker/size-check.ts'

/** Of all files but those that git ignores; what is found is named and not shown. */
export const secretScan: [string, ...string[]] = ['secretlint', '--maskSecrets', '**/*']

const checks: Record<string, { title: string; command: () => [string, ...string[]] }> = {
  lint: { title: 'Lint', command: () => ['oxlint'] },
  direction: { title: 'Direction of imports', command: () => ['depcruise', '--config', '.dependency-cruiser.mjs', ...sourceFolders.filter((path) => existsSync(join(projectFolder, path)))] },
  types: { title: 'Types', command: () => ['tsc', '--noEmit'] },
  unused: { title: 'Unused code', command: () => ['knip', '--no-progress'] },
  secrets: { title: 'Secrets in the sources', command: () => secretScan },
  size: { title: 'Size of the report page and the service worker', command: () => ['node', sizeCheck] },
}

/** What takes minutes and proves what shorter tests prove in parts, or asks somebody else: with `--full`, or when named. */
const longSteps = ['audit', 'engines', 'storm', 'storm-kafka', 'drill', 'core-cut']
/** Two minutes: each kind of fault once, the ones that take long left to longer drills. */
const shortDrill = ['--minutes', '2', '--rate', '30', '--seed', '4', '--faults', 'leader-killed,two-brokers-suspended,disk-full,door-killed,projector-killed']
/** A minute of arrivals; what is cut stays dead for a third of it. */
const shortCut = ['--minutes', '1', '--rate', '60', '--accounts', '5000']

export const stepNames = [...Object.keys(checks), 'unit', 'kafka', 'e2e', ...longSteps]

/**
 * Tools that some step needs are fetched or built first, and only for the steps chosen. Tests on brokers wait more than
 * they work, so they run beside what works more than it waits. Journeys, two at a time, have the machine to themselves, but for
 * the checks, which take what the browsers leave; what measures, and what takes all of it, has it alone.
 */
export function chooseSteps(choice: StepChoice): TestStage[] {
  const unnamed = choice.tag ? ['unit', 'kafka', 'e2e'] : stepNames.filter((name) => choice.full || !longSteps.includes(name))
  const wanted = new Set(choice.only ?? unnamed)
  if (!existsSync(join(projectFolder, sizeCheck))) wanted.delete('size')
  const any = (...names: readonly string[]) => names.some((name) => wanted.has(name))
  const only = (chosen: boolean, ...steps: TestStep[]) => (chosen ? steps : [])
  return [
    [
      // Types come from the generated database client and the routes, sizes and journeys from the pages.
      only(any('types', 'lint', 'unused', 'size', 'unit', 'kafka', 'e2e', ...longSteps.filter((name) => name !== 'audit')), setupStep('Build', () => build())),
      [
        ...only(any('unit', 'kafka', 'e2e'), setupStep('Redis', (say) => fetchRedis(say))),
        ...only(any('unit', 'e2e'), setupStep('Chromium', (say) => prepareChromium(toolsFolder(), say))),
      ],
    ],
    [only(wanted.has('unit'), { title: 'Unit and integration tests', run: () => vitest('unit', choice) }), wanted.has('kafka') ? [kafkaStep(choice)] : []],
    [
      only(wanted.has('e2e') && globSync('e2e/**/*.spec.ts', { cwd: projectFolder }).length > 0, { title: 'Journeys in a browser', run: () => playwright(choice, ['--project', 'journeys']) }),
      Object.entries(checks).flatMap(([name, { title, command }]) => only(wanted.has(name), { title, run: () => checkAside(command()) })),
    ],
    [only(wanted.has('e2e') && choice.full, { title: 'Journeys that want the machine alone', run: () => playwright(choice, ['--project', 'alone', '--workers', '1']) })],
    [only(wanted.has('audit'), { title: 'Known faults of the packages', run: () => auditPackages() })],
    [wanted.has('engines') ? [engineStep('Firefox ESR', 'firefox', missingForFirefox(), prepareFirefox, choice), engineStep('WebKitGTK', 'webkitgtk', missingForWebKit(), prepareWebKit, choice)] : []],
    [only(wanted.has('storm'), { title: 'A storm over 500 phones', run: () => check(['node', 'bin/demo-storm.ts']) })],
    [wanted.has('storm-kafka') ? [onBrokers('A storm over two nodes and three brokers', () => Promise.resolve(1), () => check(['node', 'bin/demo-storm.ts', '--kafka', '--nodes', '2']))] : []],
    [wanted.has('drill') ? [onBrokers('A drill over three brokers and three nodes', () => Promise.resolve(1), () => check(['node', 'bin/drill-brokers.ts', ...shortDrill]))] : []],
    [only(wanted.has('core-cut'), { title: 'Core system and Postgres cut at the peak', run: () => inFolder((out) => check(['node', 'bin/drill-core-cut.ts', ...shortCut, '--out', out])) })],
  ]
}

function kafkaStep(choice: StepChoice): TestStep {
  const count = () => countKafkaTests(choice)
  return onBrokers('Tests on real Kafka brokers', count, async (say) => {
    if (choice.tag && (await count()) === 0) return null
    await prepareKafka({ say })
    return vitest('kafka', choice)
  })
}

/** A step that needs real brokers. */
function onBrokers(title: string, count: () => Promise<number>, run: TestStep['run']): TestStep {
  return stepWithFate(title, kafkaChoice(kafkaSupport(), process.env), 'CI or STORMDOOR_REQUIRE_KAFKA', count, run)
}

/** The journeys of e2e/engines in one browser of another maker. */
function engineStep(name: string, project: string, missing: string | null, prepare: (tools: string, say: (detail: string) => void) => Promise<unknown>, choice: StepChoice): TestStep {
  const engine = ['--config', 'e2e/engines/playwright.config.ts', '--project', project]
  const count = async () => countPlaywrightList((await tool(['playwright', 'test', '--list', ...engine])).stdout)
  return stepWithFate(`The phone's side in ${name}`, fateOf(missing, [process.env.CI]), 'CI', count, async (say) => {
    await prepare(toolsFolder(), say)
    return playwright(choice, engine)
  })
}

/** Left out loudly where it cannot run, and a failure where it may not be left out. */
function stepWithFate(title: string, { kind, because }: StepFate, requiredBy: string, count: () => Promise<number>, run: TestStep['run']): TestStep {
  if (kind === 'skip') return { title, skip: { because, count }, run: async () => null }
  if (kind === 'refuse') return { title, run: async () => ({ passed: 0, failed: 1, skipped: 0, output: `${because}\nThese tests may not be left out here (${requiredBy} is set).` }) }
  return { title, run }
}

/** Found in the sources: nothing is run for it. */
async function countKafkaTests({ full, tag }: StepChoice): Promise<number> {
  const { stdout } = await tool(['vitest', 'list', '--project', 'kafka', '--staticParse', '--json'])
  return countListed(stdout, namePattern(full, tag))
}

function setupStep(title: string, work: (say: (detail: string) => void) => Promise<unknown>): TestStep {
  return { title, needed: true, run: async (say) => (await work(say), null) }
}

async function fetchRedis(say: (detail: string) => void): Promise<void> {
  if (!findProgram('redis-server')) await fetchDebianPackages(toolsFolder(), ['redis-server'], say)
}

/** Whatever else runs goes first. */
function checkAside([name, ...args]: [string, ...string[]]): Promise<StepResult> {
  return check(['nice', '-n', '19', name, ...args])
}

async function check(command: [string, ...string[]]): Promise<StepResult> {
  const { code, output } = await tool(command)
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0, output }
}

function vitest(project: 'unit' | 'kafka', { full, tag }: StepChoice): Promise<StepResult> {
  const pattern = namePattern(full, tag)
  return withReport(async (reportPath) => {
    const chosen = pattern ? ['--testNamePattern', pattern] : []
    const { code, output } = await tool(['vitest', 'run', '--project', `${project}*`, '--reporter=default', '--reporter=json', `--outputFile.json=${reportPath}`, ...chosen])
    return { ...countVitest(readReport(reportPath), code, pattern ? new RegExp(pattern) : null), output }
  })
}

function playwright({ full, tag }: StepChoice, where: readonly string[]): Promise<StepResult> {
  return withReport(async (reportPath) => {
    const chosen = [...(tag ? ['--grep', `${tag}\\b`] : []), ...(full ? [] : ['--grep-invert', '@full\\b'])]
    const { code, output } = await tool(['playwright', 'test', '--pass-with-no-tests', '--reporter=list,json', ...where, ...chosen], { PLAYWRIGHT_JSON_OUTPUT_FILE: reportPath })
    return { ...countPlaywright(readReport(reportPath), code), output }
  })
}

/** Over the full name of a test, its groups included; null for all. */
export function namePattern(full: boolean, tag?: string): string | null {
  if (full && !tag) return null
  return `^${full ? '' : '(?!.*@full\\b)'}${tag ? `.*${tag}\\b` : ''}`
}

function tool([name, ...args]: [string, ...string[]], env: Record<string, string> = {}): Promise<ProgramResult> {
  const path = [binaries, process.env.PATH].join(delimiter)
  const ours = join(binaries, name)
  return runProgram(existsSync(ours) ? ours : name, args, { cwd: projectFolder, env: { ...process.env, FORCE_COLOR: '0', ...env, PATH: path } })
}

function withReport(run: (reportPath: string) => Promise<StepResult>): Promise<StepResult> {
  return inFolder((folder) => run(join(folder, 'report.json')))
}

/** One that goes afterwards. */
async function inFolder(run: (folder: string) => Promise<StepResult>): Promise<StepResult> {
  const folder = mkdtempSync(join(tmpdir(), 'stormdoor-report-'))
  try {
    return await run(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function readReport(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return null
  }
}
