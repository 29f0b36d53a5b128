/**
 * Who should have which partition: as even as can be, moving only what must move for that. Of the same arguments
 * every process makes the same plan.
 * @param held partitions that a member has now
 * @returns partition → member; empty without members
 */
export function assignPartitions(partitions: readonly string[], members: readonly string[], held: ReadonlyMap<string, string>): Map<string, string> {
  const plan = new Map<string, string>()
  if (members.length === 0) return plan
  const sorted = [...partitions].sort()
  const own = new Map([...members].sort().map((member): [string, string[]] => [member, []]))
  for (const partition of sorted) own.get(held.get(partition) ?? '')?.push(partition)
  // Who has more already keeps what does not divide evenly. The sort is stable, so names decide between equals.
  const byHolding = [...own].sort(([, one], [, other]) => other.length - one.length)
  const quotas = new Map(byHolding.map(([member], rank) => [member, Math.floor(sorted.length / members.length) + (rank < sorted.length % members.length ? 1 : 0)]))
  for (const [member, kept] of own) {
    kept.length = Math.min(kept.length, quotas.get(member)!)
    for (const partition of kept) plan.set(partition, member)
  }
  const open = [...own].flatMap(([member, kept]) => Array<string>(quotas.get(member)! - kept.length).fill(member))
  for (const partition of sorted) if (!plan.has(partition)) plan.set(partition, open.shift()!)
  return plan
}
