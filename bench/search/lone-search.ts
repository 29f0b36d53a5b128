import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, statSync } from 'node:fs'
import { freePorts } from '../../bin/setup/free-port.ts'
import { projectFolder } from '../../bin/setup/project-folder.ts'
import { type SearchAnswer, searchAnswerSchema } from '../../domain/account-search.ts'
import { systemClock } from '../../domain/clock.ts'
import { searchStorePath } from '../../server/search/search-store.ts'
import { searchToken } from '../../server/search/search-token.ts'

const LOOK_MS = 250
const SECRET = 'of the bench alone, it guards made accounts'
const NODE = 'search'

export interface LoneSearch {
  pid: number
  /** From its start until it had every account of the log. */
  buildSeconds: number
  /** From its start until it gave its first answer, of whatever it had by then. */
  firstAnswerSeconds: number
  ask: (typed: string) => Promise<SearchAnswer>
  /** Resident now, and the most it ever had, MiB. */
  memory(): { residentMb: number; peakMb: number }
  fileBytes(): number
  stop(): Promise<void>
}

/** The portal's search process alone, on a log. Resolves when it has all of it. */
export async function startLoneSearch({ eventLogUrl, folder, signal }: { eventLogUrl: string; folder: string; signal: AbortSignal }): Promise<LoneSearch> {
  const [port, adminPort] = (await freePorts(2)) as [number, number]
  const own = { EVENT_LOG_URL: eventLogUrl, STORMDOOR_DATA: folder, STORMDOOR_NODE: NODE, STORMDOOR_SESSION_SECRET: SECRET, PORT: String(port), ADMIN_PORT: String(adminPort), LOG_LEVEL: 'error' }
  const startMs = systemClock.monotonicMs()
  const seconds = () => (systemClock.monotonicMs() - startMs) / 1_000
  const child = spawn(process.execPath, ['processes/search/main.ts'], { cwd: projectFolder, env: { ...process.env, ...own }, stdio: ['ignore', 'ignore', 'inherit'] })
  const gone = once(child, 'exit')
  const headers = { authorization: `Bearer ${searchToken(SECRET)}`, 'content-type': 'text/plain' }
  const ask = async (typed: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}/search`, { method: 'POST', headers, body: typed, signal })
    if (!answer.ok) throw new Error(`The search answered ${answer.status}`)
    return searchAnswerSchema.parse(await answer.json())
  }
  const stop = async () => {
    if (child.exitCode === null) child.kill('SIGTERM')
    await gone
  }
  let firstAnswerSeconds: number | null = null
  try {
    for (;;) {
      const answer = await ask('').catch(() => null)
      if (answer) firstAnswerSeconds ??= seconds()
      if (answer?.complete) break
      if (child.exitCode !== null) throw new Error('The search process has ended')
      await systemClock.sleep(LOOK_MS, signal)
    }
  } catch (error) {
    await stop()
    throw error
  }
  const path = searchStorePath(folder, NODE)
  return {
    pid: child.pid!,
    buildSeconds: seconds(),
    firstAnswerSeconds: firstAnswerSeconds ?? seconds(),
    ask,
    memory: () => {
      const status = readFileSync(`/proc/${child.pid!}/status`, 'utf8')
      const mebibytes = (name: string) => Math.round(Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) / 1_024)
      return { residentMb: mebibytes('VmRSS'), peakMb: mebibytes('VmHWM') }
    },
    fileBytes: () => statSync(path).size,
    stop,
  }
}
