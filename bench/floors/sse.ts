/** Bare node:http: every event that the parent gives goes to all who listen, and nothing else is done. */
import type { ServerResponse } from 'node:http'
import { serveFloor } from './serve-floor.ts'

const listeners = new Set<ServerResponse>()

serveFloor((request, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  response.write(': open\n\n')
  listeners.add(response)
  request.on('close', () => listeners.delete(response))
})

process.on('message', ({ event }: { event: string }) => {
  const bytes = Buffer.from(event)
  for (const listener of listeners) listener.write(bytes)
  process.send?.({ result: listeners.size })
})
