import { connect, createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { takeSilently } from './silent-port.ts'

/** Where a request is cut: what had gone through by then. */
export type CutPoint =
  | 'at-connection'
  | 'within-request-headers'
  | 'after-request-headers'
  | 'within-request-body'
  | 'after-request-body'
  | 'before-response'
  | 'within-response-headers'
  | 'within-response-body'
  | 'after-response'

const HEADERS_END = '\r\n\r\n'
const MATCH = 'POST /api/v1/outage-reports'

export interface CuttingProxy {
  /** What the browser opens: the origin of the site. */
  url: string
  /** Arms one cut: the next report's POST is cut there, after `atCut` has run. Resolves when it happened. */
  cutNext(point: CutPoint, atCut: () => Promise<void>): Promise<void>
  /** Refuses every new connection and drops the open ones: the network is gone. */
  goOffline(): void
  goOnline(): void
  /** From the next connection on, what answers at this port is the site; without a port, the door again. */
  leadTo(port?: number): void
  /** While `work` runs nobody accepts at this address: connecting hangs. */
  whileConnectingHangs(work: () => Promise<void>): Promise<void>
  close(): Promise<void>
}

interface Armed {
  point: CutPoint
  atCut: () => Promise<void>
  done: () => void
}

/**
 * A TCP proxy in front of the door that lets a report's POST through up to a given point,
 * then runs the fault and closes both sides. A page's setOffline does not reach the worker; this does.
 */
export async function startCuttingProxy(targetPort: number): Promise<CuttingProxy> {
  let armed: Armed | null = null
  let offline = false
  let destination = targetPort
  const open = new Set<Socket>()

  const server = createServer((browser) => {
    open.add(browser)
    browser.on('error', () => undefined)
    browser.on('close', () => open.delete(browser))
    if (offline) return void browser.destroy()
    pass(browser, destination, () => {
      const taken = armed
      armed = null
      return taken
    }, () => armed)
  })
  await listen(server)
  const port = (server.address() as AddressInfo).port

  return {
    url: `http://localhost:${port}`,
    cutNext: (point, atCut) =>
      new Promise((resolve) => {
        armed = { point, atCut, done: resolve }
      }),
    goOffline: () => {
      offline = true
      for (const socket of open) socket.destroy()
    },
    goOnline: () => {
      offline = false
    },
    leadTo: (port = targetPort) => {
      destination = port
      for (const socket of open) socket.destroy()
    },
    whileConnectingHangs: async (work) => {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
      const silence = await takeSilently(port)
      try {
        await work()
      } finally {
        await silence.end()
        await listen(server, port)
      }
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

/** One connection. The browser sends a report on a kept-alive connection or a new one: both are watched. */
function pass(browser: Socket, targetPort: number, take: () => Armed | null, peek: () => Armed | null): void {
  const door = connect(targetPort, '127.0.0.1')
  let cut: Armed | null = null
  let request = Buffer.alloc(0)
  let response = Buffer.alloc(0)

  const end = () => {
    browser.destroy()
    door.destroy()
  }
  const fire = () => {
    const taken = cut
    cut = null
    if (!taken) return
    browser.pause()
    door.pause()
    void taken.atCut().finally(() => {
      end()
      taken.done()
    })
  }
  door.on('error', end)
  door.on('close', () => {
    if (!cut) browser.destroy()
  })
  browser.on('close', () => door.destroy())

  browser.on('data', (chunk) => {
    if (!cut && peek() && chunk.toString('latin1').startsWith(MATCH)) {
      cut = take()
      request = Buffer.alloc(0)
      response = Buffer.alloc(0)
    }
    if (!cut) return void door.write(chunk)
    request = Buffer.concat([request, chunk])
    const allowed = requestBytesAllowed(cut.point, request)
    if (allowed === null) return void door.write(chunk)
    door.write(request.subarray(request.length - chunk.length, Math.max(allowed, request.length - chunk.length)), fire)
  })
  door.on('data', (chunk) => {
    if (!cut) return void browser.write(chunk)
    response = Buffer.concat([response, chunk])
    const allowed = responseBytesAllowed(cut.point, response)
    if (allowed === null) return void browser.write(chunk)
    const start = response.length - chunk.length
    if (allowed > start) browser.write(response.subarray(start, allowed), fire)
    else fire()
  })
}

/** How much of the request may pass; null while the cut is not reached (or lies in the response). */
function requestBytesAllowed(point: CutPoint, request: Buffer): number | null {
  const headersEnd = request.indexOf(HEADERS_END)
  const bodyStart = headersEnd + HEADERS_END.length
  const length = Number(/content-length: (\d+)/i.exec(request.toString('latin1'))?.[1] ?? 0)
  const complete = headersEnd >= 0 && request.length >= bodyStart + length
  switch (point) {
    case 'at-connection':
      return 0
    case 'within-request-headers':
      return 40
    case 'after-request-headers':
      return headersEnd >= 0 ? bodyStart : null
    case 'within-request-body':
      return complete ? bodyStart + Math.floor(length / 2) : null
    case 'after-request-body':
      return complete ? request.length : null
    case 'before-response':
    case 'within-response-headers':
    case 'within-response-body':
    case 'after-response':
      return null
  }
}

/** How much of the response may pass; null while the cut is not reached. */
function responseBytesAllowed(point: CutPoint, response: Buffer): number | null {
  const headersEnd = response.indexOf(HEADERS_END)
  const bodyStart = headersEnd + HEADERS_END.length
  const length = Number(/content-length: (\d+)/i.exec(response.toString('latin1'))?.[1] ?? 0)
  const complete = headersEnd >= 0 && response.length >= bodyStart + length
  if (point === 'before-response') return 0
  if (point === 'within-response-headers') return 20
  if (point === 'within-response-body') return complete ? bodyStart + Math.floor(length / 2) : null
  if (point === 'after-response') return complete ? response.length : null
  return null
}

function listen(server: Server, port = 0): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, 'localhost', () => resolve())
  })
}
