import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'

const database = new DatabaseSync(workerData as string)
database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
database.exec('CREATE TABLE record (position INTEGER PRIMARY KEY, id TEXT NOT NULL, body TEXT NOT NULL)')
const insert = database.prepare('INSERT INTO record (id, body) VALUES (?, ?)')

parentPort!.on('message', (rows: [string, string][]) => {
  database.exec('BEGIN IMMEDIATE')
  for (const [id, body] of rows) insert.run(id, body)
  database.exec('COMMIT')
  parentPort!.postMessage(rows.length, [])
})
