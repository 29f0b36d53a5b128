import { parseArgs } from 'node:util'
import { SetupError } from '../setup/setup-error.ts'
import { mostNodes } from '../supervisor/stack-processes.ts'

export const startUsage = `Usage: npm start [-- --nodes N]
  --nodes  how many api, web, projector, reactors and sync processes there are of each (1 to ${mostNodes}, default 1);
           one Postgres and one Redis serve all, and one address reaches whichever door is alive
By environment: PORT (default 3000), HOST, STORMDOOR_DATA, DATABASE_URL, REDIS_URL, EVENT_LOG_URL,
CORE_SYSTEM_URL (without it the demo starts a stand-in, production goes without one) and CORE_SYSTEM_TOKEN, _CA, _CERT, _KEY;
STORMDOOR_SERVICE_TOKENS (programs that may use /api/v1)`

export interface StartOptions {
  nodes: number
}

/** What was asked for; null when it was help. Throws SetupError with the usage. */
export function readStartOptions(args: readonly string[]): StartOptions | null {
  let values: { nodes: string; help: boolean }
  try {
    values = parseArgs({ args: [...args], options: { nodes: { type: 'string', default: '1' }, help: { type: 'boolean', short: 'h', default: false } } }).values
  } catch (error) {
    throw new SetupError(`${(error as Error).message}\n\n${startUsage}`)
  }
  if (values.help) return null
  const nodes = Number(values.nodes)
  if (!/^\d+$/.test(values.nodes) || nodes < 1 || nodes > mostNodes) throw new SetupError(`--nodes takes a whole number from 1 to ${mostNodes}.\n\n${startUsage}`)
  return { nodes }
}
