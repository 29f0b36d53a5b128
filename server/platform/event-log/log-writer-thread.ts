import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads'
import { commitGroups } from './commit-groups.ts'
import { openWriterFile, type WriterFileOptions } from './log-file.ts'
import type { Group, WriterReport, WriterRequest } from './writer-messages.ts'

/** Runs in a thread of its own: SQLite waits for the disk, and no event loop may wait with it. */
function run(port: MessagePort, start: WriterFileOptions): void {
  const report = (message: WriterReport): void => port.postMessage(message)
  let file
  try {
    file = openWriterFile(start)
  } catch (error) {
    report({ kind: 'cannot-open', reason: error instanceof Error ? error.message : String(error) })
    return
  }
  const { database, logId, newestHlc } = file
  const commit = commitGroups(database, start.path, start.busyBoundMs)
  port.on('message', (first: WriterRequest) => {
    const groups: Group[] = []
    let closing = false
    for (let request: WriterRequest | undefined = first; request !== undefined; ) {
      if (request === 'close') closing = true
      else groups.push(request)
      request = receiveMessageOnPort(port)?.message
    }
    if (groups.length > 0) for (const answer of commit(groups)) report(answer)
    if (!closing) return
    database.close()
    report({ kind: 'closed' })
    port.close()
  })
  report({ kind: 'ready', logId, newestHlc })
}

if (parentPort) run(parentPort, workerData as WriterFileOptions)
