import type { Socket } from 'node:net'
import { STATUS_CODES } from 'node:http'
import type { Problem } from '../../../domain/problem.ts'

const STATUSES: Record<string, number> = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431 }

/** What is not HTTP, or does not arrive in time, gets a problem too, and its connection is closed. */
export function refuseMalformed(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const status = STATUSES[error.code ?? ''] ?? 400
  const title = STATUS_CODES[status]!
  const problem: Problem = { type: 'urn:stormdoor:problem:bad-request', title, status }
  const body = JSON.stringify(problem)
  const head = [`HTTP/1.1 ${status} ${title}`, 'content-type: application/problem+json', `content-length: ${Buffer.byteLength(body)}`, 'connection: close']
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
