import { parseArgs } from 'node:util'
import { runWithUsage } from './command-line.ts'
import { lagWords, ownedWords, processStatus, type ProcessStatus } from './ps/process-status.ts'
import { isAlive } from './supervisor/process-identity.ts'
import { identityOf, readRunRecords, supervisorName, type RunRecord } from './supervisor/run-record.ts'
import { dataFolder } from './setup/project-folder.ts'

const USAGE = `Usage: npm run ps -- [--json]
Each process of the portal that runs from the data folder: pid, port, ready, restarts, how far behind it is, the partitions it owns.
Exit code: 0 something runs, 1 nothing does.`

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

await runWithUsage(USAGE, async () => {
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } })
  const records = readRunRecords(dataFolder()).filter((record) => isAlive(identityOf(record)))
  const rows = await Promise.all(records.filter((record) => record.name !== supervisorName).map(rowOf))
  if (values.json) {
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
