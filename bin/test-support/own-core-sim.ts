import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type CoreSim, type CoreSimOptions, startCoreSim } from '../../processes/core-sim/start-core-sim.ts'
import type { CoreAccount } from '../../server/core-system/core-account.ts'
import { coreAccountOf } from '../core/core-account-of.ts'
import { demoCustomers } from '../demo/demo-customers.ts'
import { temporaryFolder } from './temporary-folder.ts'

export const CORE_TOKEN = 'a-token-of-these-tests'

/** A stand-in of the test's own with so many of the demo utility's customers. */
export async function ownCoreSim(accounts: number, options: Partial<CoreSimOptions> = {}): Promise<CoreSim> {
  const core = await startCoreSim({ path: join(temporaryFolder(), 'core.sqlite'), token: CORE_TOKEN, ...options })
  onTestFinished(() => core.close())
  core.history.append(coreRows(accounts).map((row) => ({ accountNumber: row.accountNumber, row })))
  return core
}

export function coreRows(count: number): CoreAccount[] {
  return Array.from(demoCustomers({ count }), coreAccountOf)
}

interface Question {
  method?: string
  body?: string
  headers?: Record<string, string>
  signal?: AbortSignal
}

/** Asks with the token. @param path under /core/v1 */
export function askCore(core: CoreSim, path: string, { headers, ...more }: Question = {}): Promise<Response> {
  const type: Record<string, string> = more.body === undefined ? {} : { 'content-type': 'application/json' }
  return fetch(`${core.url}${path}`, { ...more, headers: { authorization: `Bearer ${CORE_TOKEN}`, ...type, ...headers } })
}

export async function toldByCore<T>(core: CoreSim, path: string): Promise<T> {
  return (await askCore(core, path)).json() as Promise<T>
}

/** Sets how it behaves, when that is said, and resolves to how it stands. */
export async function controlCore(core: CoreSim, mode?: object): Promise<Record<string, unknown>> {
  const answer = await askCore(core, '/../../control', mode ? { method: 'POST', body: JSON.stringify(mode) } : {})
  if (!answer.ok) throw new Error(await answer.text())
  return answer.json() as Promise<Record<string, unknown>>
}
