import type { ClientBase } from 'pg'
import type { AccountRecord, FoldedBatch, MatchRecord } from '../fold-batch.ts'
import { accountNumberKey } from '../../../domain/account.ts'
import { streetAndUnit } from '../../../domain/address-key.ts'
import { judgeOpen, keepHandlings } from './write-handlings.ts'
import { writeDeliveries } from './write-deliveries.ts'
import { writeDesk } from './write-desk.ts'
import { writeIdentity } from './write-identity.ts'
import { writeReports } from './write-reports.ts'

/** Folds a batch into the tables of `schema`, set by set. Needs a transaction that holds the offset. */
export async function writeBatch(client: ClientBase, schema: string, batch: FoldedBatch): Promise<void> {
  if (batch.premises.length > 0) await upsertNewest(client, schema, premiseTable, batch.premises)
  if (batch.servicePoints.length > 0) await upsertNewest(client, schema, servicePointTable, batch.servicePoints)
  if (batch.meters.length > 0) await upsertNewest(client, schema, meterTable, batch.meters)
  if (batch.accounts.length > 0) await writeAccounts(client, schema, batch.accounts)
  if (batch.handlings.length > 0) await keepHandlings(client, schema, batch.handlings)
  if (batch.reports.length + batch.followUps.length > 0) await writeReports(client, schema, batch.reports, batch.followUps)
  const toJudge = [...batch.reports.map(({ report }) => report), ...batch.followUps.map(({ followUp }) => followUp.data), ...batch.handlings.map(({ fact }) => fact.data)]
  if (toJudge.length > 0) await judgeOpen(client, schema, [...new Set(toJudge.map(({ reportId }) => reportId))])
  if (batch.deliveries.length > 0) await writeDeliveries(client, schema, batch.deliveries)
  if (batch.matches.length > 0) await writeMatches(client, schema, batch.matches)
  await writeIdentity(client, schema, batch)
  await writeDesk(client, schema, batch)
}

interface Table {
  name: string
  key: string
  /** Column → [member of the row, SQL type], key first. */
  columns: Record<string, [member: string, type: string]>
}

const stamp = { version: ['version', 'text'], as_of: ['asOf', 'timestamptz'] } satisfies Table['columns']

const premiseTable: Table = {
  name: 'premise',
  key: 'premise_key',
  columns: {
    premise_key: ['premiseKey', 'text'], line1: ['line1', 'text'], line2: ['line2', 'text'], city: ['city', 'text'], state: ['state', 'text'],
    postal_code: ['postalCode', 'text'], latitude: ['latitude', 'float8'], longitude: ['longitude', 'float8'], ...stamp,
  },
}
const servicePointTable: Table = {
  name: 'service_point',
  key: 'service_point',
  columns: {
    service_point: ['servicePoint', 'text'], premise_key: ['premiseKey', 'text'], circuit: ['circuit', 'text'], transformer: ['transformer', 'text'],
    ...stamp,
  },
}
const meterTable: Table = {
  name: 'meter',
  key: 'meter_number',
  columns: { meter_number: ['meterNumber', 'text'], service_point: ['servicePoint', 'text'], ...stamp },
}
const accountTable: Table = {
  name: 'account',
  key: 'account_key',
  columns: {
    account_key: ['accountKey', 'text'], account_number: ['accountNumber', 'text'], service_point: ['servicePoint', 'text'],
    meter_number: ['meterNumber', 'text'], circuit: ['circuit', 'text'], transformer: ['transformer', 'text'], language: ['language', 'text'],
    moved_in_on: ['movedInOn', 'text'], moved_out_on: ['movedOutOn', 'text'], meter_since: ['meterSince', 'text'],
    personal: ['personal', 'jsonb'], email: ['email', 'text'], address_key: ['addressKey', 'text'],
    unit_key: ['unitKey', 'text'], closed: ['closed', 'boolean'], ...stamp,
  },
}
const matchTable: Table = {
  name: 'outage_match',
  key: 'report_id',
  columns: {
    report_id: ['reportId', 'uuid'], account_key: ['accountKey', 'text'], account_number: ['accountNumber', 'text'],
    service_point: ['servicePoint', 'text'], circuit: ['circuit', 'text'], transformer: ['transformer', 'text'], matched_by: ['matchedBy', 'text'],
    ...stamp,
  },
}

/** Versions compare bytewise, whatever the database's collation. */
function upsertSql(schema: string, { name, key, columns }: Table, wins: '>' | '<'): string {
  const names = Object.keys(columns)
  const shape = Object.values(columns).map(([member, type]) => `"${member}" ${type}`).join(', ')
  const values = Object.values(columns).map(([member]) => `"${member}"`).join(', ')
  const updates = names.filter((column) => column !== key).map((column) => `${column} = excluded.${column}`).join(', ')
  return `INSERT INTO ${schema}.${name} AS held (${names.join(', ')})
    SELECT ${values} FROM jsonb_to_recordset($1::jsonb) AS incoming (${shape})
    ON CONFLICT (${key}) DO UPDATE SET ${updates} WHERE excluded.version COLLATE "C" ${wins} held.version COLLATE "C"`
}

async function upsertNewest(client: ClientBase, schema: string, table: Table, rows: readonly object[]): Promise<void> {
  await client.query(upsertSql(schema, table, '>'), [JSON.stringify(rows)])
}

/** Of a closed account, whatever was known before: any order of arrival gives the same row. */
const NOTHING_KNOWN = {
  servicePoint: '', meterNumber: '', circuit: '', transformer: '', language: '', personal: { phones: [] }, email: null, addressKey: '', unitKey: '',
}

async function writeAccounts(client: ClientBase, schema: string, records: readonly AccountRecord[]): Promise<void> {
  const rows = records.map((record) => {
    const { accountKey, version, asOf } = record
    if ('closed' in record) return { ...NOTHING_KNOWN, accountKey, accountNumber: accountKey, closed: true, version, asOf }
    const { personal, ...plain } = record.account
    const { street: addressKey, unit: unitKey } = streetAndUnit(personal.address)
    return { ...plain, accountKey, personal, email: personal.email ?? null, addressKey, unitKey, closed: false, version, asOf }
  })
  // OFFSET 0 and ctid keep to the index: as a plain join, a table without statistics is read whole for each batch.
  await client.query(
    `WITH changed AS (${upsertSql(schema, accountTable, '>')} RETURNING account_key, version, personal),
      phones AS (SELECT DISTINCT account_key, version, jsonb_array_elements_text(personal -> 'phones') AS phone FROM changed),
      gone AS (DELETE FROM ${schema}.account_phone WHERE ctid = ANY (ARRAY(
        SELECT held.ctid FROM changed CROSS JOIN LATERAL
          (SELECT ctid, phone FROM ${schema}.account_phone WHERE account_key = changed.account_key OFFSET 0) AS held
        WHERE NOT changed.personal -> 'phones' ? held.phone)))
    INSERT INTO ${schema}.account_phone (account_key, phone, version) SELECT account_key, phone, version FROM phones
    ON CONFLICT (account_key, phone) DO UPDATE SET version = excluded.version`,
    [JSON.stringify(rows)],
  )
}

/** A match is decided once: of two, the first counts. */
async function writeMatches(client: ClientBase, schema: string, records: readonly MatchRecord[]): Promise<void> {
  const rows = records.map(({ match, version, asOf }) => ({ ...match, accountKey: accountNumberKey(match.accountNumber), version, asOf }))
  await client.query(upsertSql(schema, matchTable, '<'), [JSON.stringify(rows)])
}
