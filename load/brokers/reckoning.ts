/** A report that a phone saved and began to send. */
interface SentReport {
  id: string
  /** base64url SHA-256 of its body. */
  bodyHash: string
  /** Its phone holds a receipt that it has verified. */
  received: boolean
}

/** What a door has promised: the claims of one receipt whose signature holds. One report may have several. */
export interface IssuedReceipt {
  id: string
  reference: string
  bodyHash: string
  acceptedAt: string
  region: string
}

/** One record of the topic `outages`; those of one id are in one partition, in the log's order. */
export type LoggedRecord = { partition: string; id: string; bodyHash: string; first: boolean } & (
  | { kind: 'report'; claims: IssuedReceipt }
  | { kind: 'match'; reportId: string; accountNumber: string }
)

/** One report as a projection holds it: a store that has it twice gives two. */
export interface ProjectedReport {
  id: string
  bodyHash: string
  conflicts: number
  accountNumber: string | null
}

export interface Projected {
  reports: readonly ProjectedReport[]
  /** Lists that must hold every report once, between those of one group: name of the group → ids, one per list that it is in. */
  lists: Readonly<Record<string, readonly string[]>>
}

export interface Holdings {
  sent: readonly SentReport[]
  receipts: readonly IssuedReceipt[]
  /** Ids of receipts whose signature does not hold, or which are about another report. */
  badReceipts: readonly string[]
  log: readonly LoggedRecord[]
  projections: Readonly<Record<string, Projected>>
}

export interface Reckoning {
  sent: number
  /** Reports whose phone holds a verified receipt. */
  accepted: number
  /** Distinct reports of those sent whose first record has the body that was sent. */
  inLog: number
  /** Reports that the log has a match for. */
  matched: number
  /** Further records of an id with the same body: allowed, and folded away. */
  copiesInLog: number
  /** Accepted, but not in the log or not in every projection, or there with another body. */
  lost: number
  /** Reports that a projection holds, lists, matches or counts more than once. */
  doubled: number
  /** Receipts that claim what the first record of their id does not say, or which do not verify. */
  falseReceipts: number
  /** Never accepted, not even at the end. */
  neverAccepted: number
  /** Everything that must not be, in words with an example; empty when the promise held. */
  faults: string[]
}

/** Compares what was sent and promised with what the log and each projection hold. Pure. */
export function reckon({ sent, receipts, badReceipts, log, projections }: Holdings): Reckoning {
  const firsts = new Map<string, LoggedRecord>()
  for (const record of log) if (!firsts.has(record.id)) firsts.set(record.id, record)
  const matches = Map.groupBy([...firsts.values()].filter((record) => record.kind === 'match'), ({ reportId }) => reportId)
  const accepted = sent.filter(({ received }) => received)
  const inLog = sent.filter((report) => isFirst(firsts, report))

  const faults: string[] = []
  const named = (ids: Iterable<string>, words: string): string[] => {
    const distinct = [...new Set(ids)]
    if (distinct.length > 0) faults.push(`${words}: ${distinct.length}, such as ${distinct[0]}`)
    return distinct
  }
  const known = new Set(sent.map(({ id }) => id))
  const neverAccepted = named(ids(sent.filter(({ received }) => !received)), 'Reports that never got through')
  const lost = named(ids(accepted.filter((report) => !isFirst(firsts, report))), 'Accepted reports that are not in the log with their body')
  const doubled = named([...matches].filter(([, of]) => of.length > 1).map(([id]) => id), 'Reports matched more than once in the log')
  named(ids(log.filter((record) => record.kind === 'report' && !known.has(record.id))), 'Reports in the log that no phone sent')
  named(ids(log.filter((record) => record.first !== (firsts.get(record.id) === record))), 'Records that the log calls first, or not, against its own order')
  named(ids(log.filter((record) => record.kind === 'report' && record.bodyHash !== firsts.get(record.id)!.bodyHash)), 'Reports with a second body in the log that nobody sent')
  for (const [store, { reports, lists }] of Object.entries(projections)) {
    const held = new Map(reports.map((report) => [report.id, report]))
    lost.push(...named(ids(accepted.filter(({ id, bodyHash }) => held.get(id)?.bodyHash !== bodyHash)), `Accepted reports that are not in ${store} with their body`))
    doubled.push(...named(repeated(reports.map(({ id }) => id)), `Reports that are more than once in ${store}`))
    doubled.push(...named(ids(reports.filter(({ conflicts }) => conflicts > 0)), `Reports that ${store} counts a copy of as a conflict`))
    for (const [group, members] of Object.entries(lists)) {
      doubled.push(...named(repeated(members), `Reports more than once among ${group} of ${store}`))
      const listed = new Set(members)
      lost.push(...named(ids(reports.filter(({ id }) => !listed.has(id))), `Reports in ${store} that are missing among its ${group}`))
      named(members.filter((id) => !held.has(id)), `Reports among ${group} of ${store} that it does not have`)
    }
    named(ids(reports.filter(({ id }) => !known.has(id))), `Reports in ${store} that no phone sent`)
    named(ids(reports.filter(({ id, accountNumber }) => (matches.get(id)?.[0]?.accountNumber ?? null) !== accountNumber)), `Reports that ${store} matches otherwise than the log`)
  }
  const untrue = receipts.filter((receipt) => !isTrue(firsts.get(receipt.id), receipt))
  named(ids(untrue), 'Receipts that are not true of the first record of their id')
  named(badReceipts, 'Receipts that do not verify')
  return {
    sent: sent.length,
    accepted: accepted.length,
    inLog: inLog.length,
    matched: matches.size,
    copiesInLog: log.filter((record) => firsts.get(record.id) !== record && record.bodyHash === firsts.get(record.id)!.bodyHash).length,
    lost: new Set(lost).size,
    doubled: new Set(doubled).size,
    falseReceipts: untrue.length + badReceipts.length,
    neverAccepted: neverAccepted.length,
    faults,
  }
}

function isFirst(firsts: ReadonlyMap<string, LoggedRecord>, { id, bodyHash }: SentReport): boolean {
  const first = firsts.get(id)
  return first?.kind === 'report' && first.bodyHash === bodyHash
}

function isTrue(first: LoggedRecord | undefined, receipt: IssuedReceipt): boolean {
  if (first?.kind !== 'report') return false
  return (['id', 'reference', 'bodyHash', 'acceptedAt', 'region'] as const).every((claim) => first.claims[claim] === receipt[claim])
}

function ids(holders: readonly { id: string }[]): string[] {
  return holders.map(({ id }) => id)
}

function repeated(ids: readonly string[]): string[] {
  return [...Map.groupBy(ids, (id) => id)].filter(([, same]) => same.length > 1).map(([id]) => id)
}
