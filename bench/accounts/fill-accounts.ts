import { once } from 'node:events'
import { chmodSync, createWriteStream, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { demoCustomers } from '../../bin/demo/demo-customers.ts'
import { accountNumberKey, type Account } from '../../domain/account.ts'
import { streetAndUnit } from '../../domain/address-key.ts'

const TABLES = ['account', 'account_phone'] as const
const COLUMNS = {
  account: 'account_key, account_number, service_point, meter_number, circuit, transformer, language, personal, email, address_key, unit_key, version, as_of, closed',
  account_phone: 'account_key, phone, version',
}
const ROWS_AT_ONCE = 2_000
const STORED_AT_MS = Date.parse('2026-01-31T04:05:06.789Z')

/**
 * Puts the demo utility's customers into the account tables of an empty, migrated database, as a projector would have, by COPY from
 * files that the server reads itself, and without their further indexes: what the bench measures asks Postgres for all rows or by key.
 * @param onAccount sees each of them
 */
export async function fillAccounts(databaseUrl: string, accounts: number, onAccount: (account: Account, place: number) => void, signal: AbortSignal): Promise<void> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const { rows: settings } = await client.query<{ data_directory: string }>('SHOW data_directory')
    const fileOf = (table: string) => join(settings[0]!.data_directory, `bench-${table}.copy`)
    try {
      await writeFiles(accounts, fileOf, onAccount, signal)
      const { rows: indexes } = await client.query<{ indexname: string }>(
        `SELECT indexname FROM pg_indexes WHERE schemaname = 'portal' AND tablename = ANY ($1) AND indexname NOT LIKE '%_pkey'`, [TABLES],
      )
      for (const { indexname } of indexes) await client.query(`DROP INDEX portal.${indexname}`)
      for (const table of TABLES) await client.query(`COPY portal.${table} (${COLUMNS[table]}) FROM '${fileOf(table)}'`)
    } finally {
      for (const table of TABLES) rmSync(fileOf(table), { force: true })
    }
    await client.query('VACUUM (ANALYZE) portal.account')
    await client.query('CHECKPOINT')
  } finally {
    await client.end()
  }
}

async function writeFiles(accounts: number, fileOf: (table: string) => string, onAccount: (account: Account, place: number) => void, signal: AbortSignal): Promise<void> {
  const files = TABLES.map((table) => createWriteStream(fileOf(table)))
  await Promise.all(files.map((file) => once(file, 'open')))
  // Whatever the umask: the server runs as somebody else.
  for (const table of TABLES) chmodSync(fileOf(table), 0o644)
  const pieces = TABLES.map((): string[] => [])
  const flush = async () => {
    signal.throwIfAborted()
    for (const [at, file] of files.entries()) if (!file.write(pieces[at]!.splice(0).join(''))) await once(file, 'drain')
  }
  let place = 0
  for (const account of demoCustomers({ count: accounts })) {
    onAccount(account, place)
    const rows = rowsOf(account, place++)
    pieces[0]!.push(rows.account)
    pieces[1]!.push(...rows.phones)
    if (place % ROWS_AT_ONCE === 0) await flush()
  }
  await flush()
  for (const file of files) await new Promise<void>((resolve) => file.end(resolve))
}

function rowsOf(account: Account, place: number): { account: string; phones: string[] } {
  const { accountNumber, servicePoint, meterNumber, circuit, transformer, language, personal } = account
  const { street, unit } = streetAndUnit(personal.address)
  const key = accountNumberKey(accountNumber)
  // Stamped as a sync stamps them: some thousand of a millisecond share it.
  const atMs = STORED_AT_MS + Math.floor(place / 1_000)
  const version = `${atMs.toString(16).padStart(12, '0')}${(place % 1_000).toString(16).padStart(4, '0')}.local.sync-5e1f0a2b`
  const row = [key, accountNumber, servicePoint, meterNumber, circuit, transformer, language, JSON.stringify(personal), personal.email ?? null, street, unit, version, new Date(atMs).toISOString(), 'f']
  return { account: line(row), phones: personal.phones.map((phone) => line([key, phone, version])) }
}

/** A row of COPY's text format. */
function line(values: readonly (string | null)[]): string {
  return `${values.map((value) => (value === null ? '\\N' : value.replace(/[\\\t\n\r]/g, (character) => ESCAPED[character]!))).join('\t')}\n`
}
const ESCAPED: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }
