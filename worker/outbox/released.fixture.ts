import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { openDB } from 'idb'
import { DATABASE_NAME, DATABASE_VERSION } from './open-database.ts'
import type { Draft, FollowUpRecord, ReportRecord } from './report-record.ts'
import type { Outbox } from './outbox.ts'

const FOLDER = join(import.meta.dirname, 'fixtures')

/** What a released outbox had written when it stopped in the middle of its work. */
export interface KeptQueue {
  /** The phone's clock when it was kept. */
  atMs: number
  /** Ids by what had become of them: received, refused, asked, unreachable, leased, unsent. */
  ids: Record<string, string>
  reports: ReportRecord[]
  followUps?: FollowUpRecord[]
  draft: Draft
  /** Of the login that has a report there. */
  loginDraft?: Draft
  notes: Record<string, unknown>
}

/** Releases of which a queue is kept. */
export function keptReleases(): string[] {
  return readdirSync(FOLDER).filter((name) => /^\d+\.\d+\.\d+$/.test(name))
}

function revive(_key: string, value: unknown): unknown {
  const bytes = (value as { base64?: unknown } | null)?.base64
  return typeof bytes === 'string' ? Uint8Array.from(Buffer.from(bytes, 'base64')) : value
}

/** Puts the kept queue into a database as that release made it. */
export async function layDown(release: string): Promise<KeptQueue> {
  const kept = JSON.parse(readFileSync(join(FOLDER, release, 'contents.json'), 'utf8'), revive) as KeptQueue
  const database = await openDB(DATABASE_NAME, DATABASE_VERSION, {
    upgrade(made) {
      made.createObjectStore('reports', { keyPath: 'id' })
      made.createObjectStore('drafts')
      made.createObjectStore('notes')
    },
  })
  for (const report of kept.reports) await database.put('reports', report)
  for (const followUp of kept.followUps ?? []) await database.put('notes', followUp, `follow-up:${followUp.id}`)
  await database.put('drafts', kept.draft, 'report')
  if (kept.loginDraft) await database.put('drafts', kept.loginDraft, `report:${kept.loginDraft.owner}`)
  for (const [name, note] of Object.entries(kept.notes)) await database.put('notes', note, name)
  database.close()
  return kept
}

/** The outbox of release 0.2, as it was built: another shape of transport, store and options. */
export interface Outbox02 extends Pick<Outbox, 'clock' | 'random' | 'locks' | 'contextId' | 'announce'> {
  store: { listReports(): Promise<ReportRecord[]>; readDraft(): Promise<Draft | undefined> }
  transport: {
    postReport: (body: Uint8Array<ArrayBuffer>, headers: Record<string, string>, signal: AbortSignal) => Promise<object>
    fetchKeys: (signal: AbortSignal) => Promise<unknown>
  }
}

interface Release02 {
  openIndexedStore(): Outbox02['store']
  newDraft(outbox: Outbox02): Draft
  saveReport(outbox: Outbox02, draft: Draft, describe: () => object): Promise<{ record: ReportRecord; alreadySaved: boolean }>
  sendDue(outbox: Outbox02, options?: { force?: boolean }): Promise<{ received: number; nextDueAtMs: number | null }>
}

export async function release02(): Promise<Release02> {
  const script = gunzipSync(readFileSync(join(FOLDER, '0.2.0', 'outbox.js.gz')))
  return (await import(`data:text/javascript;base64,${script.toString('base64')}`)) as Release02
}
