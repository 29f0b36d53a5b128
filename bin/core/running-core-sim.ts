import { SetupError } from '../setup/setup-error.ts'
import { loadSecrets } from '../setup/secrets.ts'
import { isAlive } from '../supervisor/process-identity.ts'
import { identityOf, readRunRecords, supervisorName } from '../supervisor/run-record.ts'

const ANSWER_WITHIN_MS = 10_000

/** How it behaves, with its settings, and what it holds. */
export interface CoreStanding {
  mode: string
  counts: Record<'accounts' | 'reports' | 'followUps' | 'payments' | 'repeats' | 'conflicts', number>
  [setting: string]: unknown
}

export interface RunningCoreSim {
  /** CORE_SYSTEM_URL */
  url: string
  /** @param mode to set; without it only asked */
  control(mode?: Record<string, unknown>): Promise<CoreStanding>
  forget(): Promise<CoreStanding>
}

/** The stand-in of the portal that runs from the data folder. Throws SetupError in words when there is none. */
export function runningCoreSim(dataDir: string): RunningCoreSim {
  const running = readRunRecords(dataDir).filter((record) => isAlive(identityOf(record)))
  if (!running.some(({ name }) => name === supervisorName)) throw new SetupError(`Stormdoor does not run from ${dataDir}. Start it first: npm start`)
  const record = running.find(({ name }) => name === 'core-sim')
  if (!record) throw new SetupError(`The portal that runs from ${dataDir} has no stand-in for the core system at this moment: it is in production, CORE_SYSTEM_URL was given, or it has just ended (npm run ps).`)
  const origin = `http://127.0.0.1:${record.port}`
  const { coreSystemToken } = loadSecrets(dataDir)
  const ask = async (path: string, body?: object): Promise<CoreStanding> => {
    const headers = { authorization: `Bearer ${coreSystemToken}`, ...(body ? { 'content-type': 'application/json' } : {}) }
    const answer = await fetch(origin + path, { method: body ? 'POST' : 'GET', headers, body: body && JSON.stringify(body), signal: AbortSignal.timeout(ANSWER_WITHIN_MS) })
      .catch((error: Error) => {
        throw new SetupError(`The stand-in for the core system (pid ${record.pid}) does not answer: ${error.message}. Its log: ${dataDir}/logs/core-sim.log`)
      })
    const told = (await answer.json()) as CoreStanding & { title?: string; detail?: string }
    if (!answer.ok) throw new SetupError([told.title, told.detail].filter(Boolean).join('\n'))
    return told
  }
  return {
    url: `${origin}/core/v1`,
    control: (mode) => ask('/control', mode),
    forget: () => ask('/control/forget', {}),
  }
}
