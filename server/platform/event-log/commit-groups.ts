import { statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { shareSteps } from './commit-share.ts'
import { sqliteCode, whenFree } from './log-file.ts'
import type { Existing, Group, WriterReport } from './writer-messages.ts'

const BUSY = 5
const IO_ERROR = 10

interface Tally {
  records: number
  conflicts: number
}

/**
 * A function that writes groups in one transaction each time it is called, all of them or none, and reports on each.
 * Durable when it returns. Blocks its thread.
 */
export function commitGroups(database: DatabaseSync, path: string, busyBoundMs: number): (groups: readonly Group[]) => WriterReport[] {
  const { ino: fileNumber } = statSync(path)
  const tallies = database.prepare('SELECT topic, records, conflicts FROM topics')
  const saveTally = database.prepare(`
    INSERT INTO topics VALUES (?, ?, ?, ?) ON CONFLICT (topic) DO UPDATE
    SET records = excluded.records, conflicts = excluded.conflicts, newest_hlc = max(newest_hlc, excluded.newest_hlc)`)
  const saveCursor = database.prepare('INSERT OR REPLACE INTO cursors VALUES (?, ?, ?)')
  const saveEpoch = database.prepare(
    'INSERT INTO cursor_epochs VALUES (?, ?, ?) ON CONFLICT (consumer, partition) DO UPDATE SET epoch = excluded.epoch WHERE excluded.epoch >= epoch',
  )
  const takeStep = shareSteps(database)
  const addFirst = database.prepare('INSERT INTO records VALUES (?, ?, ?, 0, ?, ?) ON CONFLICT (topic, id) WHERE conflict = 0 DO NOTHING')
  const addConflict = database.prepare(
    'INSERT INTO records VALUES (?, ?, ?, 1, ?, ?) ON CONFLICT (topic, id, body_hash) WHERE conflict = 1 DO NOTHING',
  )
  const findFirst = database.prepare('SELECT position, body_hash, envelope FROM records WHERE topic = ? AND id = ? AND conflict = 0')

  function write(group: Group, byTopic: Map<string, Tally>): WriterReport {
    const positions: number[] = []
    const existing: Existing[] = []
    const changed = new Set<string>()
    for (const [index, topic] of group.topics.entries()) {
      const tally = byTopic.get(topic) ?? { records: 0, conflicts: 0 }
      byTopic.set(topic, tally)
      const id = group.ids.subarray(index * 16, index * 16 + 16)
      const bodyHash = group.bodyHashes[index]!
      const envelope = group.envelopes[index]!
      const added = addFirst.run(topic, tally.records + 1, id, bodyHash, envelope).changes === 1
      let kept = added
      if (!added) {
        const first = findFirst.get(topic, id)!
        const outcome = first['body_hash'] === bodyHash ? 'repeated' : 'conflicting'
        existing.push({ index, outcome, position: Number(first['position']), envelope: String(first['envelope']) })
        kept = outcome === 'conflicting' && addConflict.run(topic, tally.records + 1, id, bodyHash, envelope).changes === 1
        if (kept) tally.conflicts++
      }
      positions.push(kept ? tally.records + 1 : 0)
      if (kept) {
        tally.records++
        changed.add(topic)
      }
    }
    for (const topic of changed) {
      const tally = byTopic.get(topic)!
      saveTally.run(topic, tally.records, tally.conflicts, group.newestHlc)
    }
    const fenced: number[] = []
    for (const [index, { consumer, partition, position, epoch }] of group.cursors.entries()) {
      if (epoch !== undefined && saveEpoch.run(consumer, partition, epoch).changes === 0) fenced.push(index)
      else saveCursor.run(consumer, partition, position)
    }
    return { kind: 'committed', number: group.number, positions, existing, fenced, views: group.shares.map(takeStep) }
  }

  function refuse(groups: readonly Group[], surely: boolean, error: unknown): WriterReport[] {
    if (database.isTransaction) database.exec('ROLLBACK')
    const busy = sqliteCode(error) === BUSY
    const reason = busy ? `another process held the event log for more than ${busyBoundMs} ms` : error instanceof Error ? error.message : String(error)
    return groups.map(({ number }) => ({ kind: 'refused', number, surely, reason }))
  }

  return (groups) => {
    let reports: WriterReport[]
    try {
      // SQLite keeps writing into a file that was deleted under it: what it acknowledged would be gone with the process.
      if (statSync(path, { throwIfNoEntry: false })?.ino !== fileNumber) throw new Error(`${path} was deleted or replaced while in use`)
      whenFree(busyBoundMs, () => database.exec('BEGIN IMMEDIATE'))
      const byTopic = new Map(
        tallies.all().map((row) => [String(row['topic']), { records: Number(row['records']), conflicts: Number(row['conflicts']) }]),
      )
      reports = groups.map((group) => write(group, byTopic))
    } catch (error) {
      return refuse(groups, true, error)
    }
    try {
      database.exec('COMMIT')
    } catch (error) {
      // After a failed sync the commit mark may have reached the disk all the same.
      return refuse(groups, sqliteCode(error) !== IO_ERROR, error)
    }
    return reports
  }
}
