import { parseArgs } from 'node:util'
import { bundleMutant } from '../worker/outbox/simulation/bundle-mutant.ts'
import { findKillingSeed } from '../worker/outbox/simulation/killing-seed.ts'
import { MUTANTS } from '../worker/outbox/simulation/mutants.ts'
import { describeViolation, type Simulation, startSimulation, USUAL_STEPS } from '../worker/outbox/simulation/simulation.ts'
import { stopSignal, tellFailure, wholeNumber } from './command-line.ts'

const USAGE = `Usage: npm run simulate:outbox -- [--seeds N] [--from SEED] [--steps N] [--mutants] [--json]
  --seeds    how many storms, one after the other (default 200)
  --from     the first seed (default 1); the same seed gives the same storm, line by line
  --steps    of each storm, before the calm after it (default ${USUAL_STEPS})
  --mutants  lists the first seed that tells each mutant from the real code, instead of running storms
  --json     progress to standard error; the last line of standard output is one JSON object
One phone in one thread: pages, worker, disk, network and door are simulated, the outbox is the real one. After every
step every promise is checked. Exit code 1 when one is broken; the first that is ends the command.`

const MOST_SEEDS = 100_000_000
const NEWS_EVERY_SEEDS = 100

interface Request {
  seeds: number
  from: number
  steps: number
  mutants: boolean
  json: boolean
}

function readRequest(): Request | null {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '200' },
      from: { type: 'string', default: '1' },
      steps: { type: 'string', default: String(USUAL_STEPS) },
      mutants: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return null
  const { mutants, json } = values
  return { seeds: wholeNumber(values.seeds, 'seeds', 1, MOST_SEEDS), from: wholeNumber(values.from, 'from', 1, 0xffff_ffff), steps: wholeNumber(values.steps, 'steps', 1, 1_000_000), mutants, json }
}

/** Resolves to the exit code. */
async function run(request: Request): Promise<number> {
  const simulation = await startSimulation()
  try {
    return request.mutants ? await listMutants(simulation, request) : await runStorms(simulation, request)
  } finally {
    simulation.end()
  }
}

async function runStorms(simulation: Simulation, { seeds, from, steps, json }: Request): Promise<number> {
  const stop = stopSignal()
  const say = speaker(json)
  const startMs = performance.now()
  const sum = { seeds: 0, steps: 0, reports: 0, received: 0 }
  let broken = null
  for (let seed = from; seed < from + seeds && broken === null && !stop.aborted; seed++) {
    const result = await simulation.run(seed, { steps })
    sum.seeds += 1
    sum.steps += result.steps
    sum.reports += result.reports
    sum.received += result.received
    if (result.violation !== null) broken = result
    else if (sum.seeds % NEWS_EVERY_SEEDS === 0) say(`${sum.seeds} seeds, ${sum.steps} steps, ${sum.reports} reports: every promise kept`)
  }
  if (broken) say(describeViolation(broken, steps))
  const seconds = Math.round(performance.now() - startMs) / 1000
  const report = { ok: broken === null, from, ...sum, seconds, violation: broken && { seed: broken.seed, step: broken.steps, promise: broken.violation } }
  process.stdout.write(json ? `${JSON.stringify(report)}\n` : `${broken ? 'BROKEN' : 'ok'}: ${sum.seeds} seeds, ${sum.steps} steps, ${sum.reports} reports in ${seconds} s\n`)
  return broken ? 1 : 0
}

async function listMutants(simulation: Simulation, { json }: Request): Promise<number> {
  const say = speaker(json)
  const list: { name: string; seed: number | null; step: number | null; promise: string | null }[] = []
  for (const mutant of MUTANTS) {
    const killed = await findKillingSeed(simulation, await bundleMutant(mutant))
    say(`${killed ? `seed ${String(killed.seed).padStart(3)}, step ${String(killed.steps).padStart(5)}` : 'SURVIVES'}  ${mutant.name}`)
    list.push({ name: mutant.name, seed: killed?.seed ?? null, step: killed?.steps ?? null, promise: killed?.violation ?? null })
  }
  const ok = list.every(({ seed }) => seed !== null)
  if (json) process.stdout.write(`${JSON.stringify({ ok, mutants: list })}\n`)
  return ok ? 0 : 1
}

function speaker(json: boolean): (text: string) => void {
  return (text) => void (json ? process.stderr : process.stdout).write(`${text}\n`)
}

try {
  const request = readRequest()
  if (request === null) process.stdout.write(`${USAGE}\n`)
  else process.exitCode = await run(request)
} catch (error) {
  tellFailure(error, USAGE)
}
