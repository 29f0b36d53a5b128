import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Client } from 'pg'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { freshDatabase } from '../../../bin/test-support/fresh-database.ts'
import { temporaryFolder } from '../../../bin/test-support/temporary-folder.ts'
import { systemClock, systemRandom } from '../../../domain/clock.ts'
import { uuidV7 } from '../../../domain/uuid.ts'
import { recordActs } from '../../../server/audit/record-acts.ts'
import type { EventLog } from '../../../server/platform/event-log/event-log.ts'
import { openEventLog } from '../../../server/platform/event-log/open-event-log.ts'
import { foldBatch } from '../fold-batch.ts'
import { checkAudit } from './check-audit.ts'
import { createPostgresProjection } from './postgres-projection.ts'

let path: string
let log: EventLog
let databaseUrl: string
let owner: Client

beforeEach(async () => {
  path = join(temporaryFolder(), 'log.sqlite')
  log = await openEventLog({ url: `sqlite:${path}`, clock: systemClock, region: 'test', node: 'test' })
  databaseUrl = await freshDatabase()
  owner = new Client({ connectionString: databaseUrl })
  await owner.connect()
  onTestFinished(async () => {
    await owner.end()
    await log.close()
  })
  await act('First reason', 'Second reason', 'Third reason')
  await fold()
})

async function act(...reasons: string[]): Promise<void> {
  const audit = recordActs({ log, clock: systemClock, random: systemRandom, logger: { error: () => undefined } })
  for (const reason of reasons) {
    await audit.append({ actor: { kind: 'staff', id: uuidV7(systemClock, systemRandom), role: 'agent' }, act: 'account.revealed', subject: { kind: 'account', id: '4100' }, reason, after: { b: 1, a: [1.5, { d: null, c: 'x' }] } })
  }
}

async function fold(): Promise<void> {
  const projection = createPostgresProjection({ databaseUrl, logId: log.logId, clock: systemClock, partitions: ['accounts/0', 'outages/0', 'ops/0'] })
  let expected = await projection.load('identity/0')
  for await (const records of log.read('identity/0', expected, { signal: new AbortController().signal, follow: false })) {
    const { position: next, envelope } = records.at(-1)!
    await projection.apply({ partition: 'identity/0', expected, next, newestAt: envelope.time }, foldBatch(records))
    expected = next
  }
  await projection.close()
}

const check = (seals: Parameters<typeof checkAudit>[0]['seals'] = []) => checkAudit({ databaseUrl, log, signal: new AbortController().signal, seals })

/** As only the owner of the database can: the trigger is put away and back. */
async function tamper(sql: string, values: unknown[] = []): Promise<string> {
  await owner.query('ALTER TABLE portal.audit_entry DISABLE TRIGGER USER')
  const { rows } = await owner.query<{ entry_id: string }>(`${sql} RETURNING entry_id`, values)
  await owner.query('ALTER TABLE portal.audit_entry ENABLE TRIGGER USER')
  return rows[0]!.entry_id
}

/** Rewrites a reason in the file of the log, with the hash that fits it. */
function rewriteLog(from: string, to: string): void {
  const file = new DatabaseSync(path)
  const rows = file.prepare('SELECT rowid AS id, envelope FROM records WHERE envelope LIKE ?').all(`%${from}%`) as { id: number; envelope: string }[]
  for (const { id, envelope } of rows) {
    const changed = JSON.parse(envelope.replace(from, to)) as { data: unknown; hash: string }
    changed.hash = createHash('sha256').update(JSON.stringify(changed.data)).digest('base64url')
    file.prepare('UPDATE records SET envelope = ? WHERE rowid = ?').run(JSON.stringify(changed), id)
  }
  file.close()
  expect(rows).toHaveLength(1)
}

describe('the check of the audit trail @audit @projector', () => {
  it('finds the table as the log says, also while the log is ahead of it', async () => {
    expect(await check()).toMatchObject({ ok: true, entries: 3, inLog: 3, missing: [], changed: [], foreign: [] })
    await act('Not folded yet')
    expect(await check()).toMatchObject({ ok: true, entries: 3, inLog: 3 })
  })

  it('names the entry that the owner of the database changed, removed or made up', async () => {
    const changed = await tamper("UPDATE portal.audit_entry SET reason = 'Nothing to see' WHERE reason = 'Second reason'")
    expect(await check()).toMatchObject({ ok: false, changed: [changed], missing: [], foreign: [] })
    const removed = await tamper("DELETE FROM portal.audit_entry WHERE reason = 'First reason'")
    const foreign = await tamper(
      `INSERT INTO portal.audit_entry SELECT gen_random_uuid(), event_id, event_type, at, actor_kind, actor_id, actor_role, act, subject_kind, subject_id, 'Made up', before, after, trace_id, version, as_of
       FROM portal.audit_entry WHERE reason = 'Third reason'`,
    )
    expect(await check()).toMatchObject({ ok: false, entries: 3, inLog: 3, changed: [changed], missing: [removed], foreign: [foreign] })
  })

  it('sees a log that was edited: by its hash, by the table, and with both made to fit by the seals of before', async () => {
    const { seals } = await check()
    expect(await check(seals)).toMatchObject({ ok: true })
    await act('Fourth reason')
    await fold()
    expect(await check(seals)).toMatchObject({ ok: true, broken: [] })
    const file = new DatabaseSync(path)
    file.prepare("UPDATE records SET envelope = replace(envelope, 'Third reason', 'Other reason')").run()
    file.close()
    expect(await check()).toMatchObject({ ok: false, corrupt: [expect.stringContaining('identity/0')] })
    rewriteLog('Other reason', 'Third reason')
    expect(await check(seals)).toMatchObject({ ok: true, corrupt: [] })

    rewriteLog('Second reason', 'Nothing to see')
    expect(await check()).toMatchObject({ ok: false, corrupt: [], changed: [expect.any(String)] })
    await tamper("UPDATE portal.audit_entry SET reason = 'Nothing to see' WHERE reason = 'Second reason'")
    // Without what was kept elsewhere nobody can tell.
    expect(await check()).toMatchObject({ ok: true })
    expect(await check(seals)).toMatchObject({ ok: false, broken: ['identity/0'] })
  })

  it('sees a log that lost its end', async () => {
    const { seals } = await check()
    const file = new DatabaseSync(path)
    file.exec("DELETE FROM records WHERE envelope LIKE '%Third reason%'")
    file.close()
    expect(await check(seals)).toMatchObject({ ok: false, cut: ['identity/0'], broken: ['identity/0'], foreign: [expect.any(String)] })
  })
})
