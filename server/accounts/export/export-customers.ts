import { stringify } from 'csv-stringify/sync'
import type { Account } from '../../../domain/account.ts'
import type { EventLog } from '../../platform/event-log/event-log.ts'
import type { AccountsIndex } from '../accounts-index.ts'
import { CUSTOMER_COLUMNS, customerColumns } from '../customer-columns.ts'
import { guardCell } from '../formula-guard.ts'

const WRITE_CHARS = 65_536
const FINDS_AT_ONCE = 200

/**
 * Everything that is loaded, folded from the log alone: one row per account, its newest event, sorted by account key
 * in byte order. The same log gives the same bytes. Constant memory.
 * @param options.write takes the text piece by piece, UTF-8 without a byte-order mark, lines ended by LF
 * @returns how many accounts were written
 */
export async function exportCustomers(options: {
  log: EventLog
  index: AccountsIndex
  format: 'csv' | 'ndjson'
  write: (text: string) => Promise<void>
  signal?: AbortSignal
}): Promise<number> {
  const { log, index } = options
  await index.catchUp(log, options.signal)
  let text = options.format === 'csv' ? csvLine(CUSTOMER_COLUMNS) : ''
  let count = 0
  const flushIds = async (ids: readonly string[]) => {
    options.signal?.throwIfAborted()
    const found = await Promise.all(ids.map((id) => accountOf(log, id)))
    for (const account of found) text += options.format === 'csv' ? csvRow(account) : ndjsonRow(account)
    count += found.length
    if (text.length >= WRITE_CHARS) {
      await options.write(text)
      text = ''
    }
  }
  let ids: string[] = []
  for (const id of index.eventIds()) {
    ids.push(id)
    if (ids.length === FINDS_AT_ONCE) {
      await flushIds(ids)
      ids = []
    }
  }
  await flushIds(ids)
  if (text !== '') await options.write(text)
  return count
}

async function accountOf(log: EventLog, eventId: string): Promise<Account> {
  const first = await log.find('accounts', eventId)
  if (!first) throw new Error(`The log does not know event ${eventId} that it was read from: is its file damaged?`)
  // The index holds events of account.upserted.v1 only.
  return first.envelope.data as Account
}

function csvRow(account: Account): string {
  const columns = customerColumns(account)
  return csvLine(CUSTOMER_COLUMNS.map((column) => guardCell(cellText(columns[column]))))
}

function cellText(value: string | number | boolean | string[] | undefined): string {
  if (value === undefined) return ''
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return Array.isArray(value) ? value.join(';') : String(value)
}

function csvLine(cells: readonly string[]): string {
  return stringify([[...cells]])
}

function ndjsonRow(account: Account): string {
  return `${JSON.stringify(customerColumns(account))}\n`
}
