import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { isAlive, type ProcessIdentity } from './process-identity.ts'

const schema = z.object({
  name: z.string(),
  pid: z.number().int().positive(),
  startTicks: z.string(),
  port: z.number().int().nullable(),
  adminPort: z.number().int().nullable(),
  /** ISO instant */
  startedAt: z.string(),
  restarts: z.number().int().min(0),
  stopSignal: z.enum(['SIGTERM', 'SIGINT']),
  /** Where the whole answers, in the supervisor's own record only. */
  url: z.string().optional(),
  /** Of the log that it uses, when that is not in the data folder: no credentials, they never stand in it. There only, too. */
  eventLogUrl: z.string().optional(),
})

/** What `<data>/run/<name>.json` says of one running process. */
export type RunRecord = z.infer<typeof schema>

export const supervisorName = 'supervisor'

export function runFolder(dataDir: string): string {
  return join(dataDir, 'run')
}

/** Written whole or not at all, also when the machine stops in between. */
export function writeRunRecord(dataDir: string, record: RunRecord): void {
  const folder = runFolder(dataDir)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, `${record.name}.json`)
  writeFileSync(`${path}.new`, `${JSON.stringify(record)}\n`)
  renameSync(`${path}.new`, path)
}

export function removeRunRecord(dataDir: string, name: string): void {
  rmSync(join(runFolder(dataDir), `${name}.json`), { force: true })
}

/** The event log of the portal that runs from the data folder; null when none runs, or its log is the folder's own. */
export function runningEventLogUrl(dataDir: string): string | null {
  const supervisor = readRunRecords(dataDir).find(({ name }) => name === supervisorName)
  return supervisor && isAlive(identityOf(supervisor)) ? (supervisor.eventLogUrl ?? null) : null
}

/** Where the portal that runs from the data folder answers; null when none runs. */
export function runningUrl(dataDir: string): string | null {
  const supervisor = readRunRecords(dataDir).find(({ name }) => name === supervisorName)
  return supervisor && isAlive(identityOf(supervisor)) ? (supervisor.url ?? null) : null
}

/** Every readable record; one that is not is of no use to anybody and is passed over. */
export function readRunRecords(dataDir: string): RunRecord[] {
  let names: string[]
  try {
    names = readdirSync(runFolder(dataDir)).filter((name) => name.endsWith('.json'))
  } catch {
    return []
  }
  return names.sort().flatMap((name) => {
    try {
      const parsed = schema.safeParse(JSON.parse(readFileSync(join(runFolder(dataDir), name), 'utf8')))
      return parsed.success ? [parsed.data] : []
    } catch {
      return []
    }
  })
}

export function identityOf(record: RunRecord): ProcessIdentity {
  return { pid: record.pid, startTicks: record.startTicks }
}
