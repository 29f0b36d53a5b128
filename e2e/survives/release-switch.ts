import { readFileSync, readdirSync } from 'node:fs'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { policyOfPage } from '../../server/platform/content-security-policy.ts'

/** What was released: the worker, the pages that it keeps and every file that they load, as they were built then. */
const RELEASED = join(import.meta.dirname, 'fixtures/released-0.2.0')
export const RELEASED_VERSION = '0.2.0'
const TYPES: Record<string, string> = { '.html': 'text/html; charset=utf-8', '.js': 'application/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.woff2': 'font/woff2' }

export interface ReleaseSwitch {
  port: number
  /** Which build answers for pages, scripts and the worker; for a page and its worker apart, if need be. */
  serve(build: Build, worker?: Build): void
  /** Whether reports get through to the door; a refused one sees its connection end. Everything else always passes. */
  letReportsThrough(through: boolean): void
  close(): Promise<void>
}

type Build = 'released' | 'current'

/**
 * An origin in front of the door that is one build now and another then: the released files from the fixture,
 * all else from the door that runs.
 */
export async function startReleaseSwitch(doorPort: number): Promise<ReleaseSwitch> {
  const released = releasedFiles()
  let [pages, worker]: [Build, Build] = ['current', 'current']
  let reportsPass = true
  const server = createServer((incoming, answer) => {
    const path = new URL(incoming.url!, 'http://localhost').pathname
    if (!reportsPass && incoming.method === 'POST') return void incoming.socket.destroy()
    const file = (path === '/sw.js' ? worker : pages) === 'released' && incoming.method === 'GET' ? released.get(path) : undefined
    if (file) answer.writeHead(200, file.headers).end(file.body)
    else passOn(doorPort, incoming, answer)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    serve: (build, ofWorker = build) => {
      ;[pages, worker] = [build, ofWorker]
    },
    letReportsThrough: (through) => {
      reportsPass = through
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

function passOn(port: number, incoming: IncomingMessage, answer: ServerResponse): void {
  const { method, url, headers } = incoming
  const onward = request({ host: '127.0.0.1', port, method, path: url, headers }, (response) => {
    answer.writeHead(response.statusCode!, response.headers)
    response.pipe(answer)
  })
  onward.on('error', () => incoming.socket.destroy())
  incoming.pipe(onward)
}

/** By URL path, with the headers that the door of that release gave them. */
function releasedFiles(): Map<string, { body: Buffer; headers: Record<string, string> }> {
  const names = readdirSync(RELEASED, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.gz'))
  return new Map(
    names.map((name) => {
      const body = gunzipSync(readFileSync(join(RELEASED, name)))
      const path = `/${name.slice(0, -'.gz'.length)}`
      const type = extname(path)
      const headers = { 'content-type': TYPES[type]!, 'cache-control': path.startsWith('/_next/') ? 'public, max-age=31536000, immutable' : 'no-cache' }
      if (type !== '.html') return [path, { body, headers }] as const
      return [path.slice(0, -type.length), { body, headers: { ...headers, 'content-security-policy': policyOfPage(body.toString(), '') } }] as const
    }),
  )
}
