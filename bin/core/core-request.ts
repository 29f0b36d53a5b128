import { parseArgs } from 'node:util'
import { CORE_SIM_MODES, type CoreSimModeName, WRONG_KINDS } from '../../processes/core-sim/core-sim-mode.ts'
import { DEMO_ACCOUNTS } from '../demo/demo-accounts.ts'
import { SetupError } from '../setup/setup-error.ts'
import { MOST_CHANGED } from './change-accounts.ts'

export const coreUsage = `Usage: npm run core -- [ACTION] [--json]
What the stand-in for the core system does, beside the portal that runs here:
  status                                  how it behaves, and what it holds (the default)
  up                                      as it should
  slow [--ms N] [--jitter N]              late with every answer (2000 and up to 500 milliseconds more)
  flaky [--share S]                       a share of the calls fails (0.3)
  wrong [--kind KIND]                     ${WRONG_KINDS.join(', ')} (html)
  throttled [--rate N]                    no more than so many requests a second (5)
  dead                                    resets every connection
  maintenance [--minutes N]               answers 503, for so long or until it is switched back
  windows --cron "0 2 * * *" [--minutes N]  maintenance by cron, UTC, each for so long (60)
  acceptedButSilent [--times N]           takes what is handed over and does not answer, N times each (always)
  refusing [--share S]                    refuses a share of what is handed over for good (all)
  forget                                  keeps no earlier snapshots and changes: a full load is needed
Its customers, whether or not it runs:
  change N                                new phones, homes that change hands, a few closings: N accounts
  seed [--accounts N]                     adds the demo utility's customers that it never had, up to N (${DEMO_ACCOUNTS})
It begins as "up" whenever it is started.`

export type CoreRequest =
  | { action: 'help' | 'status' | 'forget' }
  | { action: 'set'; mode: CoreSimModeName; settings: Record<string, unknown> }
  | { action: 'change'; count: number }
  | { action: 'seed'; accounts: number }

const MOST_ACCOUNTS = 10_000_000
const MINUTE_MS = 60_000

/** What was asked for, and whether as JSON. Throws SetupError with the usage. */
export function readCoreRequest(args: readonly string[], nowMs: number): { request: CoreRequest; json: boolean } {
  const { values, positionals } = parse(args)
  const { help, json, ...given } = values
  const [action = 'status', count, ...more] = positionals
  if (help) return { request: { action: 'help' }, json }
  if (more.length > 0 || (count !== undefined && action !== 'change')) throw new SetupError(`One action at a time.\n\n${coreUsage}`)
  return { request: requestOf(action, count, given, nowMs), json }
}

type Given = Partial<Record<'ms' | 'jitter' | 'share' | 'kind' | 'rate' | 'minutes' | 'cron' | 'times' | 'accounts', string>>

function requestOf(action: string, count: string | undefined, given: Given, nowMs: number): CoreRequest {
  const taken: (keyof Given)[] = []
  const number = (name: keyof Given): number | undefined => {
    taken.push(name)
    return given[name] === undefined ? undefined : numberOf(given[name], `--${name}`)
  }
  const text = (name: keyof Given): string | undefined => {
    taken.push(name)
    return given[name]
  }
  const request = ((): CoreRequest => {
    if (action === 'status' || action === 'forget') return { action }
    if (action === 'change') return { action, count: whole(numberOf(count ?? '', 'change'), 'change', MOST_CHANGED) }
    if (action === 'seed') return { action, accounts: whole(number('accounts') ?? DEMO_ACCOUNTS, '--accounts', MOST_ACCOUNTS) }
    const mode = CORE_SIM_MODES.find((name) => name === action)
    if (mode === undefined) throw new SetupError(`There is no "${action}".\n\n${coreUsage}`)
    return { action: 'set', mode, settings: settingsOf(mode, number, text, nowMs) }
  })()
  const surplus = (Object.keys(given) as (keyof Given)[]).filter((name) => given[name] !== undefined && !taken.includes(name))
  if (surplus.length > 0) throw new SetupError(`"${action}" takes no --${surplus.join(' and no --')}.\n\n${coreUsage}`)
  return request
}

function settingsOf(mode: CoreSimModeName, number: (name: keyof Given) => number | undefined, text: (name: keyof Given) => string | undefined, nowMs: number): Record<string, unknown> {
  if (mode === 'slow') return { ms: number('ms'), jitterMs: number('jitter') }
  if (mode === 'flaky' || mode === 'refusing') return { share: number('share') }
  if (mode === 'wrong') return { kind: text('kind') }
  if (mode === 'throttled') return { requestsPerSecond: number('rate') }
  if (mode === 'acceptedButSilent') return { times: number('times') }
  if (mode === 'windows') return { cron: text('cron'), minutes: number('minutes') }
  const minutes = mode === 'maintenance' ? number('minutes') : undefined
  return minutes === undefined ? {} : { from: new Date(nowMs).toISOString(), to: new Date(nowMs + minutes * MINUTE_MS).toISOString() }
}

function numberOf(text: string, name: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new SetupError(`${name} takes a number.\n\n${coreUsage}`)
  return Number(text)
}

function whole(number: number, name: string, most: number): number {
  if (!Number.isInteger(number) || number < 1 || number > most) throw new SetupError(`${name} takes a whole number from 1 to ${most}.\n\n${coreUsage}`)
  return number
}

function parse(args: readonly string[]) {
  const value = { type: 'string' } as const
  const flag = { type: 'boolean', default: false } as const
  try {
    return parseArgs({
      args: [...args], allowPositionals: true,
      options: {
        ms: value, jitter: value, share: value, kind: value, rate: value, minutes: value, cron: value, times: value, accounts: value,
        json: flag, help: { ...flag, short: 'h' },
      },
    })
  } catch (error) {
    throw new SetupError(`${(error as Error).message}\n\n${coreUsage}`)
  }
}
