import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { projectFolder } from './setup/project-folder.ts'
import { runCommand, SetupError } from './setup/setup-error.ts'
import { runMatrix, SURVIVAL_ENGINES, type SurvivalEngine } from './survives/run-matrix.ts'
import { type SurvivesRun, summaryOf, survivesPage } from './survives/survives-page.ts'

const USAGE = `Usage: npm run survives -- [--seed N] [--engines chromium,firefox,webkitgtk] [--json]
  --seed     what varies in the matrix: which bytes are overwritten, where a line is cut (default 1)
  --engines  which browsers to try it in (default: all; one that cannot run here is left out and named)
  --json     progress to standard error; the last line of standard output is one JSON object
Tries every way to lose a report and writes docs/survives.md. Exit code 1 when a report was lost or doubled or a journey failed.`
const PAGE = join(projectFolder, 'docs/survives.md')

await runCommand(async () => {
  const request = readRequest()
  if (request === null) {
    process.stdout.write(`${USAGE}\n`)
    return 0
  }
  const folder = mkdtempSync(join(tmpdir(), 'stormdoor-survives-'))
  try {
    const say = (line: string) => void (request.json ? process.stderr : process.stdout).write(`${line}\n`)
    const { version } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8')) as { version: string }
    const outcome = await runMatrix({ ...request, folder, say })
    const run: SurvivesRun = { ...outcome, version, seed: request.seed, date: new Date().toISOString().slice(0, 10) }
    writeFileSync(PAGE, survivesPage(run))
    const summary = summaryOf(run)
    say(`${summary.cases} cases, ${summary.saved} reports: ${summary.lost} lost, ${summary.doubled} doubled, ${summary.failed} journeys failed. Written to docs/survives.md.`)
    if (request.json) process.stdout.write(`${JSON.stringify(summary)}\n`)
    return summary.cases > 0 && summary.lost + summary.doubled + summary.failed === 0 ? 0 : 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

function readRequest(): { seed: number; engines: SurvivalEngine[]; json: boolean } | null {
  const { values } = parse()
  if (values.help) return null
  const seed = Number(values.seed)
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffff_ffff) throw new SetupError(`--seed takes a whole number from 0 to 4294967295.\n${USAGE}`)
  const engines = values.engines.split(',').map((name) => SURVIVAL_ENGINES.find((engine) => engine === name))
  if (!engines.every((engine) => engine !== undefined)) throw new SetupError(`--engines takes ${SURVIVAL_ENGINES.join(', ')}.\n${USAGE}`)
  return { seed, engines, json: values.json }
}

function parse() {
  try {
    return parseArgs({
      options: {
        seed: { type: 'string', default: '1' },
        engines: { type: 'string', default: SURVIVAL_ENGINES.join(',') },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (error) {
    throw new SetupError(`${(error as Error).message}\n${USAGE}`)
  }
}
