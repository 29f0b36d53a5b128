import type { DatabaseSync } from 'node:sqlite'
import { assignPartitions } from './assign-partitions.ts'

/** One beat of a member, and what it did since the last. */
export interface ShareStep {
  group: string
  member: string
  /** processMark of its process. */
  mark: string
  partitions: string[]
  /** Members that the caller takes for dead, by the beats it has seen of them: one that has beaten since stays. */
  dead: { member: string; beats: number }[]
  released: { partition: string; epoch: number }[]
  leaving: boolean
}

export interface Lease {
  partition: string
  owner: string | null
  epoch: number
}

/** What the group looks like after a step. */
export interface ShareView {
  /** Changes with each change of members or owners. */
  generation: number
  members: { member: string; mark: string; beats: number }[]
  leases: Lease[]
  /** What the caller has and should let go. */
  surplus: string[]
}

/** Beside the tables of the first format: an older Stormdoor passes them over. */
export const SHARE_SCHEMA = `
  CREATE TABLE IF NOT EXISTS share_groups (share_group TEXT PRIMARY KEY, generation INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS share_members (
    share_group TEXT NOT NULL, member TEXT NOT NULL, mark TEXT NOT NULL, beats INTEGER NOT NULL, PRIMARY KEY (share_group, member)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS share_leases (
    share_group TEXT NOT NULL, partition TEXT NOT NULL, owner TEXT, epoch INTEGER NOT NULL, PRIMARY KEY (share_group, partition)
  ) STRICT, WITHOUT ROWID;
`

/**
 * A function that takes a member's step within the transaction that is open. A partition is free when its owner let it go or
 * is no member any more; only then another takes it, by the plan that all members make alike, under the next epoch.
 */
export function shareSteps(database: DatabaseSync): (step: ShareStep) => ShareView {
  const bury = database.prepare('DELETE FROM share_members WHERE share_group = ? AND member = ? AND beats = ?')
  const leave = database.prepare('DELETE FROM share_members WHERE share_group = ? AND member = ?')
  const beat = database.prepare(
    'INSERT INTO share_members VALUES (?, ?, ?, 1) ON CONFLICT (share_group, member) DO UPDATE SET beats = beats + 1 RETURNING beats',
  )
  const release = database.prepare('UPDATE share_leases SET owner = NULL WHERE share_group = ? AND partition = ? AND owner = ? AND epoch = ?')
  const take = database.prepare(`
    INSERT INTO share_leases VALUES (?, ?, ?, 1)
    ON CONFLICT (share_group, partition) DO UPDATE SET owner = excluded.owner, epoch = epoch + 1`)
  const selectMembers = database.prepare('SELECT member, mark, beats FROM share_members WHERE share_group = ? ORDER BY member')
  const selectLeases = database.prepare('SELECT partition, owner, epoch FROM share_leases WHERE share_group = ?')
  const advance = database.prepare(
    'INSERT INTO share_groups VALUES (?, 1) ON CONFLICT (share_group) DO UPDATE SET generation = generation + ? RETURNING generation',
  )

  return ({ group, member, mark, partitions, dead, released, leaving }) => {
    let changes = 0
    for (const one of dead) changes += Number(bury.run(group, one.member, one.beats).changes)
    if (leaving) changes += Number(leave.run(group, member).changes)
    else if (beat.get(group, member, mark)?.['beats'] === 1) changes++
    for (const { partition, epoch } of released) changes += Number(release.run(group, partition, member, epoch).changes)

    const members = selectMembers.all(group).map((row) => ({ member: String(row['member']), mark: String(row['mark']), beats: Number(row['beats']) }))
    const alive = new Set(members.map((one) => one.member))
    const held = new Map(
      leasesOf(selectLeases.all(group)).flatMap(({ partition, owner }): [string, string][] => (owner !== null && alive.has(owner) ? [[partition, owner]] : [])),
    )
    const plan = assignPartitions(partitions, [...alive], held)
    for (const partition of partitions) {
      if (leaving || held.has(partition) || plan.get(partition) !== member) continue
      take.run(group, partition, member)
      changes++
    }
    return {
      generation: Number(advance.get(group, changes > 0 ? 1 : 0)?.['generation']),
      members,
      leases: leasesOf(selectLeases.all(group)),
      surplus: partitions.filter((partition) => held.get(partition) === member && plan.get(partition) !== member),
    }
  }
}

/** Rows of share_leases. */
export function leasesOf(rows: readonly Record<string, unknown>[]): Lease[] {
  return rows.map(({ partition, owner, epoch }) => ({ partition: String(partition), owner: typeof owner === 'string' ? owner : null, epoch: Number(epoch) }))
}
