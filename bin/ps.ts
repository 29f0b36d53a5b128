import { lagWords, ownedWords, processStatus, type ProcessStatus } from './ps/process-status.ts'
import { isAlive } from './supervisor/process-identity.ts'
import { identityOf, readRunRecords, supervisorName, type RunRecord } from './supervisor/run-record.ts'
import { dataFolder } from './setup/project-folder.ts'
import { runCommand } from './setup/setup-error.ts'

/** By process, how it stands; `owned` and `lags` are empty for one that shares no partitions. */
interface Row {
  name: string
  pid: number
  port: number | null
  adminPort: number | null
  /** null for processes without an admin server. */
  ready: boolean | null
  restarts: number
  startedAt: string
  owned: ProcessStatus['owned']
  lags: ProcessStatus['lags']
}

await runCommand(async () => {
  const records = readRunRecords(dataFolder()).filter((record) => isAlive(identityOf(record)))
  const rows = await Promise.all(records.filter((record) => record.name !== supervisorName).map(rowOf))
  if (process.argv.includes('--json')) {
    console.log(JSON.stringify({ dataFolder: dataFolder(), url: records.find((record) => record.url)?.url ?? null, processes: rows }))
  } else if (rows.length === 0) {
    console.log(`Nothing runs from ${dataFolder()}. Start it: npm start`)
  } else {
    printTable(rows)
  }
  return rows.length > 0 ? 0 : 1
})

async function rowOf(record: RunRecord): Promise<Row> {
  const { name, pid, port, adminPort, restarts, startedAt } = record
  const status = adminPort ? await processStatus(adminPort) : { ready: null, owned: [], lags: [] }
  return { name, pid, port, adminPort, ready: status.ready, restarts, startedAt, owned: status.owned, lags: status.lags }
}

function printTable(rows: Row[]): void {
  const header = ['NAME', 'PID', 'PORT', 'READY', 'RESTARTS', 'SINCE', 'LAG', 'OWNS']
  const cells = rows.map((row) => [row.name, String(row.pid), String(row.port ?? '-'), row.ready === null ? '-' : row.ready ? 'yes' : 'no', String(row.restarts), row.startedAt, lagWords(row) || '-', ownedWords(row) || '-'])
  const widths = header.map((title, column) => Math.max(title.length, ...cells.map((row) => (row[column] ?? '').length)))
  for (const row of [header, ...cells]) console.log(row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd())
}
