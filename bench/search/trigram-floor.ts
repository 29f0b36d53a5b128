import { once } from 'node:events'
import { chmodSync, createWriteStream, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Client, Pool } from 'pg'
import type { Account } from '../../domain/account.ts'
import { systemClock } from '../../domain/clock.ts'

const TABLE = 'bench_trigram'
const ROWS_AT_ONCE = 2_000
const FOUND = 5
/** A query that takes longer is counted as one that found nobody. */
const TIMEOUT_MS = 20_000

export interface TrigramFloor {
  buildSeconds: number
  bytes: number
  /** Account numbers of the five most alike; none after a time-out. */
  ask(typed: string): Promise<string[]>
  stop(): Promise<void>
}

/** What Postgres has for it: one text column per account with all that is searched, a GIN index of trigrams, and the order of word similarity. */
export async function startTrigramFloor(databaseUrl: string, accounts: Iterable<Account>, connections: number): Promise<TrigramFloor> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  const startMs = systemClock.monotonicMs()
  try {
    await client.query(`CREATE EXTENSION IF NOT EXISTS pg_trgm; CREATE UNLOGGED TABLE ${TABLE} (account_number text, words text)`)
    await copyIn(client, accounts)
    await client.query(`SET maintenance_work_mem = '512MB'; CREATE INDEX ON ${TABLE} USING gin (words gin_trgm_ops); ANALYZE ${TABLE}`)
    const buildSeconds = (systemClock.monotonicMs() - startMs) / 1_000
    const { rows } = await client.query<{ bytes: string }>(`SELECT pg_total_relation_size('${TABLE}') AS bytes`)
    const pool = new Pool({ connectionString: databaseUrl, max: connections, options: `-c pg_trgm.word_similarity_threshold=0.4 -c statement_timeout=${TIMEOUT_MS}` })
    return {
      buildSeconds,
      bytes: Number(rows[0]!.bytes),
      ask: async (typed) => {
        const found = await pool.query<{ account_number: string }>(`SELECT account_number FROM ${TABLE} WHERE words %> $1 ORDER BY words <->> $1 LIMIT ${FOUND}`, [plain(typed)]).catch(() => null)
        return found?.rows.map((row) => row.account_number) ?? []
      },
      stop: () => pool.end(),
    }
  } finally {
    await client.end()
  }
}

async function copyIn(client: Client, accounts: Iterable<Account>): Promise<void> {
  const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory')
  const path = join(rows[0]!.data_directory, 'bench-trigram.copy')
  const file = createWriteStream(path)
  await once(file, 'open')
  // Whatever the umask: the server runs as somebody else.
  chmodSync(path, 0o644)
  try {
    let lines: string[] = []
    const flush = async () => {
      if (!file.write(lines.join(''))) await once(file, 'drain')
      lines = []
    }
    for (const account of accounts) {
      if (lines.push(`${account.accountNumber}\t${wordsOf(account)}\n`) >= ROWS_AT_ONCE) await flush()
    }
    await flush()
    await new Promise<void>((resolve) => file.end(resolve))
    await client.query(`COPY ${TABLE} FROM '${path}'`)
  } finally {
    rmSync(path, { force: true })
  }
}

function wordsOf({ accountNumber, meterNumber, personal }: Account): string {
  const { name, phones, email, address } = personal
  return plain([name, address.line1, address.line2, address.city, address.postalCode, ...phones.map((phone) => phone.slice(-10)), email, accountNumber, meterNumber].filter(Boolean).join(' '))
}

function plain(text: string): string {
  return text.normalize('NFKD').replace(/[\p{M}\\\t\n]/gu, '').toLowerCase()
}
