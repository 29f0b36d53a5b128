import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { SURVIVALS_VARIABLE, type Survival, survivalSchema } from '../../e2e/survives/record-survival.ts'
import { SEED_VARIABLE } from '../../e2e/survives/survives-seed.ts'
import { prepareChromium } from '../setup/chromium.ts'
import { missingForFirefox, prepareFirefox } from '../setup/firefox.ts'
import { projectFolder, toolsFolder } from '../setup/project-folder.ts'
import { missingForWebKit, prepareWebKit } from '../setup/webkit.ts'
import { failedJourneys } from './failed-journeys.ts'

export const SURVIVAL_ENGINES = ['chromium', 'firefox', 'webkitgtk'] as const
export type SurvivalEngine = (typeof SURVIVAL_ENGINES)[number]

interface Matrix {
  name: string
  /** Why it cannot run here; null when it can. */
  missing: () => string | null
  prepare: (tools: string, say: (detail: string) => void) => Promise<unknown>
  /** Arguments of Playwright's runner. */
  journeys: readonly string[]
}

const OTHER_ENGINES = ['--config', 'e2e/engines/playwright.config.ts', '--project']
const MATRICES: Record<SurvivalEngine, Matrix> = {
  chromium: { name: 'Chromium', missing: () => null, prepare: prepareChromium, journeys: ['e2e/survives/'] },
  firefox: { name: 'Firefox ESR', missing: missingForFirefox, prepare: prepareFirefox, journeys: [...OTHER_ENGINES, 'firefox'] },
  webkitgtk: { name: 'WebKitGTK', missing: missingForWebKit, prepare: prepareWebKit, journeys: [...OTHER_ENGINES, 'webkitgtk'] },
}

interface MatrixOptions {
  engines: readonly SurvivalEngine[]
  seed: number
  /** For reports of the runs; the caller's. */
  folder: string
  say: (line: string) => void
}

/** Runs every journey of the matrix in each browser, and reads what they recorded. */
export async function runMatrix({ engines, seed, folder, say }: MatrixOptions): Promise<{ rows: Survival[]; failed: string[]; leftOut: string[] }> {
  const rowsPath = join(folder, 'survivals.jsonl')
  const failed: string[] = []
  const leftOut: string[] = []
  for (const engine of engines) {
    const { name, missing, prepare, journeys } = MATRICES[engine]
    const because = missing()
    if (because !== null) {
      leftOut.push(`${name}: ${because}`)
      say(`SKIPPED ${name}: ${because}`)
      continue
    }
    await prepare(toolsFolder(), (detail) => say(`  ${name}: ${detail}`))
    const reportPath = join(folder, `${engine}.json`)
    const code = await playwright(journeys, { [SURVIVALS_VARIABLE]: rowsPath, [SEED_VARIABLE]: String(seed), PLAYWRIGHT_JSON_OUTPUT_FILE: reportPath }, say)
    failed.push(...failedJourneys(readJson(reportPath), code).map((title) => `${name}: ${title}`))
  }
  return { rows: readRows(rowsPath), failed, leftOut }
}

/** Resolves to the exit code; what it prints is said line by line. */
function playwright(journeys: readonly string[], env: Record<string, string>, say: (line: string) => void): Promise<number> {
  const binaries = join(projectFolder, 'node_modules/.bin')
  const child = spawn(join(binaries, 'playwright'), ['test', ...journeys, '--reporter=list,json'], {
    cwd: projectFolder,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, FORCE_COLOR: '0', ...env, PATH: [binaries, process.env['PATH']].join(delimiter) },
  })
  createInterface({ input: child.stdout }).on('line', say)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? 1))
  })
}

function readRows(path: string): Survival[] {
  if (!existsSync(path)) return []
  return readFileSync(path, 'utf8').trim().split('\n').map((line) => survivalSchema.parse(JSON.parse(line)))
}

function readJson(path: string): unknown {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null
}
