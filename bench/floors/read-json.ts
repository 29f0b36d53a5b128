import type { IncomingMessage } from 'node:http'

/** Reads and parses one JSON body, the least that any server of this interface does. */
export function readJson(request: IncomingMessage, onBody: (body: { id: string }, bytes: Buffer) => void, onFault: () => void): void {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const bytes = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
    let body: { id: string }
    try {
      body = JSON.parse(bytes.toString()) as { id: string }
    } catch {
      return onFault()
    }
    onBody(body, bytes)
  })
}
