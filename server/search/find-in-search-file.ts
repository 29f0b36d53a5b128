import { DatabaseSync } from 'node:sqlite'
import { SEARCH_ROWS, type SearchAnswer } from '../../domain/account-search.ts'
import { beginningsQuery } from './beginnings.ts'
import { keptOf, type Row, SCHEMA_VERSION } from './search-store.ts'
import { shownOf } from './shown-account.ts'

/**
 * Accounts as the search process left them in its file, eight at the most, by words as they were typed and the beginning of the last one.
 * Opened for one question: the process may make its file anew at any time. Null when there is no file that can be read.
 * @param path as searchStorePath tells it
 */
export function findInSearchFile(path: string, typed: string): SearchAnswer | null {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path, { readOnly: true })
    if (database.prepare('PRAGMA user_version').get()?.['user_version'] !== SCHEMA_VERSION) return null
    const asOf = database.prepare('SELECT max(at) AS at FROM progress').get()?.['at'] as string | null
    if (asOf === null) return null
    const query = beginningsQuery(typed)
    const statement = database.prepare('SELECT doc, shown FROM account WHERE doc IN (SELECT rowid FROM beginning WHERE beginning MATCH ? LIMIT ?)')
    statement.setReturnArrays(true)
    const rows = query === null ? [] : (statement.all(query, SEARCH_ROWS) as unknown as Row[])
    return { accounts: rows.map((row) => shownOf(keptOf(row).account, typed)), complete: false, asOf }
  } catch {
    // None, or damaged, or being made anew: the stores are asked instead.
    return null
  } finally {
    database?.close()
  }
}
