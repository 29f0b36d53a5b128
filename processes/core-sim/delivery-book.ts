import { hash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { inTransaction } from './open-core-file.ts'

type DeliveryKind = 'report' | 'follow-up' | 'payment'

export interface Delivery {
  id: string
  kind: DeliveryKind
  /** Of a payment null. */
  reportId: string | null
  body: Uint8Array
}

/** What the stand-in holds under one id. */
export interface HeldDelivery {
  /** Order of arrival, from 1. */
  place: number
  id: string
  kind: DeliveryKind
  reportId: string | null
  reference: string
  /** ISO instant of the first time. */
  receivedAt: string
  /** Hexadecimal. */
  bodySha256: string
  /** How often it came, with the same bytes. */
  times: number
  /** JSON as it came. */
  body: Uint8Array
}

export interface DeliveryCounts {
  reports: number
  followUps: number
  payments: number
  /** Those that came once more with the same bytes. */
  repeats: number
  /** Those that came under a known id with other bytes. */
  conflicts: number
}

export type Taking = { outcome: 'new' | 'repeat'; held: HeldDelivery } | { outcome: 'conflict' }

const HELD = 'SELECT place, id, kind, report_id AS reportId, reference, received_at AS receivedAt, body_sha256 AS bodySha256, times, body FROM deliveries'

/** What was handed over to the stand-in: each id once. */
export class DeliveryBook {
  readonly #database: DatabaseSync
  readonly #statements

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#statements = {
      find: database.prepare(`${HELD} WHERE id = ?`),
      after: database.prepare(`${HELD} WHERE place > ? ORDER BY place LIMIT ?`),
      insert: database.prepare("INSERT INTO deliveries SELECT coalesce(max(place), 0) + 1, ?, ?, ?, printf('OMS-%07d', coalesce(max(place), 0) + 1), ?, ?, ?, 1 FROM deliveries"),
      again: database.prepare('UPDATE deliveries SET times = times + 1 WHERE id = ?'),
      repeat: database.prepare('UPDATE state SET repeats = repeats + 1'),
      conflict: database.prepare('UPDATE state SET conflicts = conflicts + 1'),
      kinds: database.prepare('SELECT kind, count(*) AS held FROM deliveries GROUP BY kind'),
      mistakes: database.prepare('SELECT repeats, conflicts FROM state'),
    }
  }

  find(id: string): HeldDelivery | null {
    return (this.#statements.find.get(id) as unknown as HeldDelivery | undefined) ?? null
  }

  take({ id, kind, reportId, body }: Delivery, nowIso: string): Taking {
    const bodySha256 = hash('sha256', body)
    return inTransaction(this.#database, (): Taking => {
      const held = this.find(id)
      if (held === null) {
        this.#statements.insert.run(id, kind, reportId, nowIso, body, bodySha256)
        return { outcome: 'new', held: this.find(id) as HeldDelivery }
      }
      if (held.kind !== kind || held.reportId !== reportId || held.bodySha256 !== bodySha256) {
        this.#statements.conflict.run()
        return { outcome: 'conflict' }
      }
      this.#statements.again.run(id)
      this.#statements.repeat.run()
      return { outcome: 'repeat', held: { ...held, times: held.times + 1 } }
    })
  }

  heldAfter(place: number, limit: number): HeldDelivery[] {
    return this.#statements.after.all(place, limit) as unknown as HeldDelivery[]
  }

  counts(): DeliveryCounts {
    const kinds = new Map((this.#statements.kinds.all() as unknown as { kind: DeliveryKind; held: number }[]).map(({ kind, held }) => [kind, held]))
    const mistakes = this.#statements.mistakes.get() as unknown as Pick<DeliveryCounts, 'repeats' | 'conflicts'>
    return { reports: kinds.get('report') ?? 0, followUps: kinds.get('follow-up') ?? 0, payments: kinds.get('payment') ?? 0, ...mistakes }
  }
}
