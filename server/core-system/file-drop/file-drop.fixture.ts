import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { stringify } from 'csv-stringify/sync'
import { systemClock } from '../../../domain/clock.ts'
import { CUSTOMER_COLUMNS, type CustomerColumn } from '../../accounts/customer-columns.ts'
import { guardCell } from '../../accounts/formula-guard.ts'
import { AccountDigest } from '../account-digest.ts'
import type { TestedCore } from '../conformance.ts'
import type { CoreAccount } from '../core-account.ts'
import { FileDropCoreSystem } from './file-drop-core-system.ts'

export type SnapshotKind = 'ndjson' | 'ndjson.gz' | 'csv' | 'csv.gz'

/** A folder as a utility's export job would fill it. */
export class DropFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'file-drop-'))
  readonly inbox = join(this.path, 'inbox')
  readonly outbox = join(this.path, 'outbox')

  constructor() {
    mkdirSync(this.inbox)
    mkdirSync(this.outbox)
  }

  connect(timeoutMs = 5_000): FileDropCoreSystem {
    return new FileDropCoreSystem({ folder: this.path, timeoutMs, clock: systemClock })
  }

  put(name: string, content: string | Buffer): void {
    writeFileSync(join(this.inbox, name), content)
  }

  putSnapshot(id: string, kind: SnapshotKind, rows: readonly CoreAccount[], manifest: object = {}): void {
    const isCsv = kind.startsWith('csv')
    const content = isCsv ? csvOf(rows) : rows.map((row) => `${JSON.stringify(row)}\n`).join('')
    const digest = new AccountDigest()
    for (const row of rows) digest.add(isCsv ? { ...row, medicalEquipment: row.medicalEquipment ? 'yes' : 'no' } : row)
    this.put(`accounts-${id}.${kind}`, kind.endsWith('.gz') ? gzipSync(content) : content)
    this.put(`accounts-${id}.manifest.json`, JSON.stringify({ accounts: rows.length, digest: digest.toString(), asOf: new Date().toISOString(), changesFrom: 1, ...manifest }))
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}

/** The folder of a utility that writes a snapshot at each change. */
export async function openDropFolder(kind: SnapshotKind): Promise<TestedCore> {
  const folder = new DropFolder()
  const core = folder.connect()
  const accounts = new Map<string, CoreAccount>()
  let changes = 0
  return {
    core,
    change: async (changed) => {
      changes++
      for (const { accountNumber, row } of changed) {
        if (row) accounts.set(accountNumber, row)
        else accounts.delete(accountNumber)
      }
      folder.put(`changes-${changes}.ndjson`, changed.map(({ accountNumber, row }) => `${JSON.stringify(row ? { type: 'upsert', account: row } : { type: 'closed', accountNumber })}\n`).join(''))
      const asOf = new Date(Date.UTC(2026, 0, 31) + changes).toISOString()
      folder.putSnapshot(`s${changes}`, kind, [...accounts.values()], { asOf, changesFrom: changes + 1 })
    },
    forget: async () => {
      for (const name of readdirSync(folder.inbox)) if (!name.includes(`-s${changes}.`)) rmSync(join(folder.inbox, name))
    },
    close: async () => {
      await core.close()
      folder.remove()
    },
  }
}

function csvOf(rows: readonly CoreAccount[]): string {
  const cellsOf = (row: CoreAccount): Record<CustomerColumn, unknown> => ({
    account_number: row.accountNumber, name: row.name, phones: row.phones.join(';'), email: row.email,
    address_line1: row.address.line1, address_line2: row.address.line2, city: row.address.city, state: row.address.state, postal_code: row.address.postalCode,
    service_point: row.servicePoint, meter_number: row.meterNumber, circuit: row.circuit, transformer: row.transformer,
    latitude: row.latitude, longitude: row.longitude, language: row.language, medical_equipment: row.medicalEquipment ? 'yes' : 'no',
    moved_in_on: row.movedInOn, moved_out_on: row.movedOutOn, meter_since: row.meterSince,
  })
  const records = rows.map((row) => Object.fromEntries(Object.entries(cellsOf(row)).map(([column, cell]) => [column, typeof cell === 'string' ? guardCell(cell) : cell])))
  return `\uFEFF${stringify(records, { header: true, columns: [...CUSTOMER_COLUMNS], record_delimiter: '\r\n' })}`
}
