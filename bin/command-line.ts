import { basename, resolve } from 'node:path'
import { readEnvironment } from '../server/platform/environment.ts'
import { runningEventLogUrl } from './supervisor/run-record.ts'

/** A wrong argument: the message and the command's usage are shown. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/** A path as the person meant it: npm runs a script in the project's folder, wherever they stood. */
export function pathFrom(argument: string): string {
  const throughNpm = process.env['npm_lifecycle_event'] !== undefined && process.env['npm_lifecycle_event'] === basename(process.argv[1] ?? '', '.ts')
  return resolve(throughNpm ? (process.env['INIT_CWD'] ?? '.') : '.', argument)
}

/** The data folder, and the event log that EVENT_LOG_URL names; else the one of the portal that runs, else the folder's own. */
export function logSettings(): { dataDir: string; eventLogUrl: string; region: string } {
  const { STORMDOOR_DATA: dataDir, STORMDOOR_REGION: region } = readEnvironment(['STORMDOOR_DATA', 'STORMDOOR_REGION'])
  const { EVENT_LOG_URL: eventLogUrl } = readEnvironment(['EVENT_LOG_URL'], {
    EVENT_LOG_URL: process.env['EVENT_LOG_URL'] || runningEventLogUrl(dataDir) || `sqlite:${dataDir}/event-log.sqlite`,
  })
  return { dataDir, eventLogUrl, region }
}

/** Aborts at Ctrl-C and SIGTERM, once; the second one ends the process as usual. */
export function stopSignal(): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort(new Error(name)))
  return controller.signal
}
