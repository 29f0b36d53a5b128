/**
 * Floor `http+sqlite`: floor `http` that answers only after its row is durable in SQLite (WAL, synchronous=FULL).
 * Group commit in a worker thread: what arrives while a commit is under way goes into the next one.
 */
import type { ServerResponse } from 'node:http'
import { Worker } from 'node:worker_threads'
import { readJson } from './read-json.ts'
import { serveFloor } from './serve-floor.ts'

const [databasePath] = process.argv.slice(2)
const writer = new Worker(new URL('./http-sqlite-writer.ts', import.meta.url), { workerData: databasePath })
writer.on('error', (error) => {
  throw error
})

interface Waiting {
  id: string
  body: string
  response: ServerResponse
}
let queue: Waiting[] = []
let committing: Waiting[] = []

function commitNext(): void {
  if (committing.length > 0 || queue.length === 0) return
  committing = queue
  queue = []
  writer.postMessage(committing.map(({ id, body }) => [id, body]), [])
}

writer.on('message', () => {
  const committed = committing
  committing = []
  commitNext()
  for (const { id, response } of committed) {
    response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify({ id }))
  }
})

serveFloor((request, response) => {
  readJson(
    request,
    ({ id }, bytes) => {
      queue.push({ id, body: bytes.toString(), response })
      if (queue.length === 1) setImmediate(commitNext)
    },
    () => response.writeHead(400).end(),
  )
})
