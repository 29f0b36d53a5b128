import type { ClientBase } from 'pg'
import type { Clock } from '../../../domain/clock.ts'
import { accountNumberKey, type Account } from '../../../domain/account.ts'
import type { EventLog, Position } from '../../platform/event-log/event-log.ts'
import { hasAll, type LogEnds } from '../log-ends.ts'
import { packAccountKey } from './account-key-bytes.ts'
import { encodeStored } from './account-record.ts'

export interface SnapshotRow {
  packedKey: Buffer
  record: Buffer
}

/** Postgres does not have everything yet that the log held when it was asked. */
export class PostgresBehindError extends Error {
  override name = 'PostgresBehindError'
}

const LOOK_EVERY_MS = 200
const FETCH_ROWS = 4_000

/** One text: twelve columns, each taken apart and read by the client, are more work than one piece of JSON. */
const ROW = `json_build_array(account_number, service_point, meter_number, circuit, transformer, language, personal, address_key, unit_key, closed,
  version, (extract(epoch FROM as_of) * 1000)::float8)::text`
type Columns = [
  accountNumber: string, servicePoint: string, meterNumber: string, circuit: string, transformer: string, language: Account['language'],
  personal: Account['personal'], street: string, unit: string, closed: boolean, version: string, asOfMs: number,
]

/**
 * The accounts of Postgres at one moment at which it had everything up to `ends`, as the cache keeps them. The connection
 * stands in that moment until it is ended, so that `rowsOf` tells the same.
 */
export class AccountSnapshot {
  readonly #client: ClientBase

  private constructor(client: ClientBase) {
    this.#client = client
  }

  /** @throws PostgresBehindError when Postgres does not come so far within `waitMs` */
  static async take(client: ClientBase, log: Pick<EventLog, 'logId' | 'countAfter'>, ends: LogEnds, { waitMs, clock }: { waitMs: number; clock: Clock }): Promise<AccountSnapshot> {
    const untilMs = clock.monotonicMs() + waitMs
    for (;;) {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
      // The first query of the transaction: it chooses the moment.
      const { rows } = await client.query<{ partition: string; position: Position | null }>(
        `SELECT topic || '/' || partition AS partition, position FROM portal.projection_offset WHERE topic = 'accounts' AND log_id = $1`, [log.logId],
      )
      const positions = ends.map(([partition]) => rows.find((row) => row.partition === partition)?.position ?? null)
      if (await hasAll(log, ends, positions)) return new AccountSnapshot(client)
      await client.query('ROLLBACK')
      if (clock.monotonicMs() >= untilMs) throw new PostgresBehindError('Postgres has not folded everything that the event log holds')
      await clock.sleep(LOOK_EVERY_MS)
    }
  }

  /** All of them, some thousand at a time, for snapshotRow; the next ones are on their way while these are worked on. */
  async *batches(rowsAtOnce = FETCH_ROWS): AsyncGenerator<[text: string][]> {
    await this.#client.query(`DECLARE snapshot NO SCROLL CURSOR FOR SELECT ${ROW} FROM portal.account`)
    const fetch = () => this.#client.query<[text: string]>({ text: `FETCH ${rowsAtOnce} FROM snapshot`, rowMode: 'array' })
    let coming = fetch()
    for (;;) {
      const { rows } = await coming
      if (rows.length === 0) return
      coming = fetch()
      // Awaited at the next turn; a failure until then is told there.
      coming.catch(() => undefined)
      yield rows
    }
  }

  async rowsOf(accountKeys: readonly string[]): Promise<SnapshotRow[]> {
    const text = `SELECT ${ROW} FROM portal.account WHERE account_key = ANY ($1)`
    const { rows } = await this.#client.query<[text: string], [readonly string[]]>({ text, values: [accountKeys], rowMode: 'array' })
    return rows.map(([row]) => {
      const { packedKey, record } = snapshotRow(row)
      return { packedKey, record: Buffer.from(record) }
    })
  }
}

/** A row of a batch as the cache keeps it; its record is valid until the next one. */
export function snapshotRow(text: string): SnapshotRow {
  // As ROW writes it.
  const [accountNumber, servicePoint, meterNumber, circuit, transformer, language, personal, street, unit, closed, version, asOfMs] = JSON.parse(text) as Columns
  const account = closed ? null : { accountNumber, servicePoint, meterNumber, circuit, transformer, language, personal }
  return { packedKey: packAccountKey(accountNumberKey(accountNumber)), record: encodeStored({ version, asOfMs, account, line: { street, unit } }) }
}
