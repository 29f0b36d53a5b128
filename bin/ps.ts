import { isAlive } from './supervisor/process-identity.ts'
import { identityOf, readRunRecords, supervisorName, type RunRecord } from './supervisor/run-record.ts'
import { dataFolder } from './setup/project-folder.ts'
import { runCommand } from './setup/setup-error.ts'

const answerWithinMs = 2000

interface Row {
  name: string
  pid: number
  port: number | null
  adminPort: number | null
  /** null for processes without an admin server. */
  ready: boolean | null
  restarts: number
  startedAt: string
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
  return { name, pid, port, adminPort, restarts, startedAt, ready: adminPort ? await isReady(adminPort) : null }
}

async function isReady(adminPort: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${adminPort}/readyz`, { signal: AbortSignal.timeout(answerWithinMs) })
    return answer.ok
  } catch {
    return false
  }
}

function printTable(rows: Row[]): void {
  const header = ['NAME', 'PID', 'PORT', 'READY', 'RESTARTS', 'SINCE']
  const cells = rows.map((row) => [row.name, String(row.pid), String(row.port ?? '-'), row.ready === null ? '-' : row.ready ? 'yes' : 'no', String(row.restarts), row.startedAt])
  const widths = header.map((title, column) => Math.max(title.length, ...cells.map((row) => (row[column] ?? '').length)))
  for (const row of [header, ...cells]) console.log(row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd())
}
