import { join } from 'node:path'
import { coreFileName } from '../processes/core-sim/core-file-name.ts'
import { changeAccounts } from './core/change-accounts.ts'
import { coreUsage, type CoreRequest, readCoreRequest } from './core/core-request.ts'
import { type CoreStanding, runningCoreSim } from './core/running-core-sim.ts'
import { seedCore } from './core/seed-core.ts'
import { stopSignal } from './command-line.ts'
import { dataFolder } from './setup/project-folder.ts'
import { runCommand } from './setup/setup-error.ts'

const TOLD_EVERY_MS = 2_000

/** `npm run core`: the switches of the stand-in for the core system, for a person at the demo. */
await runCommand(async () => {
  const { request, json } = readCoreRequest(process.argv.slice(2), Date.now())
  const { words, told } = await carryOut(request, json)
  console.log(json ? JSON.stringify(told) : words)
})

async function carryOut(request: CoreRequest, json: boolean): Promise<{ words: string; told: object }> {
  const path = join(dataFolder(), coreFileName)
  if (request.action === 'help') return { words: coreUsage, told: { usage: coreUsage } }
  if (request.action === 'change') {
    const summary = changeAccounts({ path, count: request.count })
    const { newPhones, moveIns, closings } = summary
    return { words: `${newPhones} customers have a new phone, ${moveIns} homes changed hands, ${closings} accounts were closed. The next change feed tells the portal.`, told: summary }
  }
  if (request.action === 'seed') return seed(path, request.accounts, json)
  const core = runningCoreSim(dataFolder())
  if (request.action === 'forget') return standing(core.url, await core.forget())
  return standing(core.url, await core.control(request.action === 'set' ? { mode: request.mode, ...request.settings } : undefined))
}

async function seed(path: string, accounts: number, json: boolean): Promise<{ words: string; told: object }> {
  const startMs = performance.now()
  const seconds = () => Number(((performance.now() - startMs) / 1000).toFixed(1))
  let toldMs = startMs
  const onProgress = (done: number) => {
    if (performance.now() - toldMs < TOLD_EVERY_MS) return
    toldMs = performance.now()
    ;(json ? process.stderr : process.stdout).write(`  ${done} of ${accounts} customers (${seconds()} s)\n`)
  }
  const added = await seedCore({ path, accounts, onProgress, signal: stopSignal() })
  return { words: `${added} customers added in ${seconds()} s.`, told: { accounts, added, seconds: seconds() } }
}

function standing(url: string, told: CoreStanding): { words: string; told: object } {
  const { mode, counts, ...settings } = told
  const set = Object.entries(settings).filter(([, value]) => value !== null).map(([name, value]) => `${name} ${String(value)}`)
  const { accounts, reports, followUps, payments, repeats, conflicts } = counts
  const lines = [
    `The stand-in for the core system answers at ${url}`,
    `  mode      ${[mode, ...set].join(', ')}`,
    `  accounts  ${accounts}`,
    `  taken     ${reports} reports, ${followUps} follow-ups, ${payments} payments`,
    `  again     ${repeats} repeats, ${conflicts} conflicts`,
  ]
  return { words: lines.join('\n'), told: { url, ...told } }
}
