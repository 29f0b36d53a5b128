import { basename, resolve } from 'node:path'
import { readEnvironment } from '../server/platform/environment.ts'
import { runCommand, SetupError } from './setup/setup-error.ts'
import { runningEventLogUrl } from './supervisor/run-record.ts'

/** A wrong argument: the message and the command's usage are shown. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/** The number that an option gives. Throws UsageError for anything else than a whole one from `least` to `most`. */
export function wholeNumber(text: string, name: string, least: number, most: number): number {
  const number = Number(text)
  if (text.trim() === '' || !Number.isInteger(number) || number < least || number > most) throw new UsageError(`--${name} takes a whole number from ${least} to ${most}.`)
  return number
}

/**
 * Tells why a command failed and sets its exit code to 1: wrong arguments with the usage, what a person can mend in one line, all else with its stack.
 * @param isPlain whether the message says all; by default that of a SetupError
 */
export function tellFailure(error: unknown, usage: string, isPlain: (error: unknown) => boolean = (cause) => cause instanceof SetupError): void {
  const text = isWrongArgument(error) ? `${(error as Error).message}\n\n${usage}` : isPlain(error) ? (error as Error).message : error instanceof Error ? error.stack : String(error)
  process.stderr.write(`${text}\n`)
  process.exitCode = 1
}

/** Runs a command's body, as runCommand does; `--help` prints the usage instead, and wrong arguments are told with it. */
export async function runWithUsage(usage: string, body: () => Promise<number | void>): Promise<void> {
  if (process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h')) return console.log(usage)
  await runCommand(async () => {
    try {
      return await body()
    } catch (error) {
      if (error instanceof Error && isWrongArgument(error)) throw new SetupError(`${error.message}\n\n${usage}`)
      throw error
    }
  })
}

function isWrongArgument(error: unknown): boolean {
  return error instanceof UsageError || ((error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS') ?? false)
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
