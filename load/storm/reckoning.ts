/** What one phone knows at the end: only what it has proof of. */
export interface PhoneOutcome {
  id: string
  /** base64url SHA-256 of the body that it saved first. */
  bodyHash: string
  /** It holds a receipt that it has verified. */
  accepted: boolean
  /** Of the second body that it sent under the same id on purpose; null when it sent none. */
  secondBodyHash: string | null
  /** The second body was answered 409. */
  secondRefused: boolean
}

/** One record of a report in the event log; those of one id in their order. */
export interface LoggedReport {
  id: string
  bodyHash: string
  /** The one of its id that counts. */
  first: boolean
}

/** One report as a projection holds it. */
export interface ProjectedReport {
  id: string
  bodyHash: string
  /** Other bodies of the same id that the projection shows at the desk. */
  conflicts: number
}

export interface Holdings {
  phones: readonly PhoneOutcome[]
  log: readonly LoggedReport[]
  postgres: readonly ProjectedReport[]
  redis: readonly ProjectedReport[]
}

export interface Reckoning {
  /** Reports that phones saved and began to send. */
  sent: number
  /** Of those, how many have a verified receipt. */
  accepted: number
  /** Of those sent, how many each store holds with the body that the phone saved. */
  inLog: number
  inPostgres: number
  inRedis: number
  /** Accepted, but missing (or there with another body) in the log, Postgres or Redis. */
  lost: number
  /** Ids that a projection holds more than once, or of which the log counts more than one record. */
  doubled: number
  /** Records of the log that repeat an earlier one: harmless, and what many nodes on one log may write when one dies. */
  copies: number
  /** Second bodies that the log keeps beside the first. */
  conflicts: number
  /** Everything that must not be, in words; empty when the promise held. */
  faults: string[]
}

/** Compares what phones were promised with what each store holds, each counted by itself. Pure. */
export function reckon({ phones, log, postgres, redis }: Holdings): Reckoning {
  const firsts = log.filter(({ first }) => first)
  const stores = { 'the log': byId(firsts), Postgres: byId(postgres), Redis: byId(redis) }
  const accepted = phones.filter((phone) => phone.accepted)
  const lost = accepted.filter((phone) => Object.values(stores).some((store) => !holds(store, phone)))
  const doubles = { 'the log': repeated(firsts.map(({ id }) => id)), Postgres: repeated(postgres.map(({ id }) => id)), Redis: repeated(redis.map(({ id }) => id)) }
  const doubled = new Set(Object.values(doubles).flatMap((keys) => keys))
  const expected = phones.filter((phone) => phone.secondBodyHash !== null)
  const seconds = new Map(expected.map((phone) => [phone.id, phone.secondBodyHash]))
  const bodies = [...new Map(log.map((record) => [`${record.id} ${record.bodyHash}`, record])).values()]
  const conflicts = bodies.filter(({ id, bodyHash }) => stores['the log'].get(id) !== bodyHash)
  const known = new Set(phones.map(({ id }) => id))

  const faults: string[] = []
  const fault = (count: number, words: string, example?: string) => {
    if (count > 0) faults.push(`${words}: ${count}${example ? `, such as ${example}` : ''}`)
  }
  const unaccepted = phones.filter((phone) => !phone.accepted)
  fault(unaccepted.length, 'Reports without a verified receipt', unaccepted[0]?.id)
  for (const [name, store] of Object.entries(stores)) {
    const missing = accepted.filter((phone) => !holds(store, phone))
    fault(missing.length, `Accepted reports that are not in ${name} with their body`, missing[0]?.id)
    const strangers = [...store.keys()].filter((id) => !known.has(id))
    fault(strangers.length, `Reports in ${name} that no phone sent`, strangers[0])
  }
  for (const [name, keys] of Object.entries(doubles)) fault(keys.length, `Reports that are more than once in ${name}`, keys[0])
  fault(expected.filter((phone) => !phone.secondRefused).length, 'Second bodies that were not refused with 409')
  fault(conflicts.filter(({ id, bodyHash }) => seconds.get(id) !== bodyHash).length, 'Conflicts in the log that come from no phone')
  for (const [name, found] of [['the log', countById(conflicts)], ['Postgres', conflictsOf(postgres)], ['Redis', conflictsOf(redis)]] as const) {
    fault(expected.filter(({ id }) => found.get(id) !== 1).length, `Second bodies that are not exactly one conflict in ${name}`)
    fault([...found.keys()].filter((id) => !seconds.has(id)).length, `Reports with a conflict in ${name} that no phone made`)
  }
  const count = (store: Map<string, string>) => phones.filter((phone) => holds(store, phone)).length
  return {
    sent: phones.length,
    accepted: accepted.length,
    inLog: count(stores['the log']),
    inPostgres: count(stores.Postgres),
    inRedis: count(stores.Redis),
    lost: lost.length,
    doubled: doubled.size,
    copies: log.length - bodies.length,
    conflicts: conflicts.length,
    faults,
  }
}

function holds(store: Map<string, string>, phone: PhoneOutcome): boolean {
  return store.get(phone.id) === phone.bodyHash
}

function byId(reports: readonly { id: string; bodyHash: string }[]): Map<string, string> {
  return new Map(reports.map(({ id, bodyHash }) => [id, bodyHash]))
}

function countById(records: readonly { id: string }[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { id } of records) counts.set(id, (counts.get(id) ?? 0) + 1)
  return counts
}

function conflictsOf(reports: readonly ProjectedReport[]): Map<string, number> {
  return new Map(reports.filter(({ conflicts }) => conflicts > 0).map(({ id, conflicts }) => [id, conflicts]))
}

function repeated(keys: readonly string[]): string[] {
  return [...countById(keys.map((id) => ({ id })))].filter(([, count]) => count > 1).map(([key]) => key)
}
