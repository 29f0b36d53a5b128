import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock, systemRandom } from '../../domain/clock.ts'
import type { AccountsSynced } from '../../domain/operations.ts'
import { findRun, requestFullLoad } from '../../server/accounts/sync/request-full-load.ts'
import type { EventLog } from '../../server/platform/event-log/event-log.ts'
import { openEventLog } from '../../server/platform/event-log/open-event-log.ts'
import { logSettings, stopSignal } from '../command-line.ts'
import { SetupError } from '../setup/setup-error.ts'
import { isAlive } from '../supervisor/process-identity.ts'
import { identityOf, readRunRecords } from '../supervisor/run-record.ts'

const LOOK_EVERY_MS = 250
const TOLD_EVERY_MS = 1_000
const ANSWER_WITHIN_MS = 1_000
const CORE_AWAY = '  the core system does not answer: it is asked again for ten minutes, also after Ctrl-C here'

/**
 * Asks the cluster's sync for all accounts of the core system and follows the run to its end, with progress on standard error.
 * @returns exit code: 0 when the cache has what the core system has, 1 with reasons when the load was refused or failed
 */
export async function preloadFull({ acceptDifference, json }: { acceptDifference: boolean; json: boolean }): Promise<number> {
  const { dataDir, eventLogUrl, region } = logSettings()
  if (eventLogUrl.startsWith('sqlite:') && syncPorts(dataDir).length === 0) {
    throw new SetupError(`No sync runs from ${dataDir}, so that nobody would do it. Start Stormdoor first: npm start`)
  }
  const signal = stopSignal()
  const log = await openEventLog({ url: eventLogUrl, clock: systemClock, region, node: 'preload' })
  try {
    const startedMs = performance.now()
    const runId = await requestFullLoad({ log, clock: systemClock, random: systemRandom, by: 'command', acceptDifference })
    const run = await follow(log, runId, dataDir, signal)
    if (run === null) {
      console.error(`Not followed any longer; it goes on. How it ends stands at the desk, run ${runId}.`)
      return 1
    }
    const seconds = Number(((performance.now() - startedMs) / 1_000).toFixed(1))
    console.log(json ? JSON.stringify({ ...run, seconds }) : wordsOf(run, seconds))
    return run.outcome === 'applied' || run.outcome === 'unchanged' ? 0 : 1
  } finally {
    await log.close()
  }
}

/** Null when it was interrupted. */
async function follow(log: EventLog, runId: string, dataDir: string, signal: AbortSignal): Promise<AccountsSynced | null> {
  let toldMs = performance.now()
  let told = ''
  while (!signal.aborted) {
    const run = await findRun(log, runId)
    if (run !== null && run !== 'under-way') return run
    if (performance.now() - toldMs >= TOLD_EVERY_MS) {
      toldMs = performance.now()
      const progress = await progressOf(dataDir)
      if (progress !== '' && progress !== told) console.error(progress)
      told = progress
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined)
  }
  return null
}

/** As the sync of this machine says; empty when it is another one's, or has not begun. */
async function progressOf(dataDir: string): Promise<string> {
  for (const port of syncPorts(dataDir)) {
    const text = await fetch(`http://127.0.0.1:${port}/metrics`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) }).then((answer) => answer.text(), () => '')
    const rows = (state: string) => Number(new RegExp(`stormdoor_sync_load_rows\\{[^}]*state="${state}"[^}]*\\} (\\d+)`).exec(text)?.[1] ?? 0)
    const [all, fetched, applied] = [rows('told'), rows('fetched'), rows('applied')]
    if (all === 0) {
      if (/stormdoor_dependency_state\{[^}]*dependency="core-system"[^}]*\} [12]/.test(text)) return CORE_AWAY
      continue
    }
    if (fetched < all) return `  fetched ${count(fetched)} of ${count(all)}`
    return applied < all ? `  applied ${count(applied)} of ${count(all)}` : '  waiting for the projections and the cache'
  }
  return ''
}

function syncPorts(dataDir: string): number[] {
  return readRunRecords(dataDir).flatMap((record) => (/^sync(-\d)?$/.test(record.name) && record.adminPort !== null && isAlive(identityOf(record)) ? [record.adminPort] : []))
}

function wordsOf({ outcome, asOf, rows, loaded, unchanged, closed, rejected, rejectedRows, reasons }: AccountsSynced, seconds: number): string {
  const lines = [{
    applied: `All accounts as of ${asOf} are loaded (${seconds} s).`,
    unchanged: `Nothing is new since the last full load (${seconds} s).`,
    refused: 'Refused: nothing was loaded, and everything stays as it was.',
    failed: 'Failed. What was fetched is kept for the next try.',
  }[outcome]]
  if (outcome !== 'unchanged') {
    lines.push(`  ${count(rows)} rows: ${count(loaded)} new or changed, ${count(unchanged)} unchanged, ${count(closed)} closed, ${count(rejected)} rejected`)
  }
  for (const { code, detail } of reasons) lines.push(`  ${code} ${Object.entries(detail).map(([name, value]) => `${name} ${value}`).join(', ')}`.trimEnd())
  for (const { row, account, field, rule } of rejectedRows) lines.push(`  row ${row}, account ${account ?? 'unknown'}: ${field} ${rule}`)
  const leap = reasons.some(({ code }) => code === 'too-many-missing' || code === 'column-changed')
  if (outcome === 'refused' && leap) lines.push('If the core system really changed so much: npm run preload -- --full --accept-difference')
  return lines.join('\n')
}

function count(value: number): string {
  return value.toLocaleString('en')
}
