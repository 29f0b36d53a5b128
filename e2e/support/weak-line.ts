import { connect, createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import type { Portal } from './portal.ts'

/** The phone's bytes, or the door's. */
export type Way = 'up' | 'down'

/** What is wrong with a line. Bytes are counted from the first one of a report's POST, and of its answer. */
export type Weakness =
  /** Both sides are closed when so many bytes have passed, or the whole message if it is shorter. */
  | { kind: 'cut'; way: Way; afterBytes: number }
  /** From there on they come one by one. */
  | { kind: 'trickle'; way: Way; afterBytes: number; bytesPerSecond: number }
  /** Whatever is sent is taken and nothing ever comes back, on any connection; none is closed, not even when the line is good again. */
  | { kind: 'swallow' }

/** Lengths of a report's POST and of the answer to it, in bytes. */
export interface Exchange {
  up: { head: number; whole: number }
  down: { head: number; whole: number }
}

export interface WeakLine {
  /** From the next report on; for `swallow` at once; null: as good as new. */
  weaken(weakness: Weakness | null): void
  /** How often a report or its answer was cut or met a trickle since the last `weaken`. */
  hits(): number
  /** The last report that was answered in full; null before the first. */
  lastExchange(): Exchange | null
}

/** Watched from outside: the weakness under way and what to note. */
interface Watch {
  weakness: Weakness | null
  hits: number
  exchange: Exchange | null
}

const MATCH = 'POST /api/v1/outage-reports'
const HEADERS_END = '\r\n\r\n'
const TICK_MS = 50

/** The browser's bytes take a line that can be weakened, until the journey ends. */
export async function overWeakLine(portal: Portal, journey: (line: WeakLine) => Promise<void>): Promise<void> {
  const doorPort = Number(new URL(portal.stack.url).port)
  const watch: Watch = { weakness: null, hits: 0, exchange: null }
  const open = new Set<Socket>()
  const server = createServer((browser) => {
    open.add(browser)
    browser.on('close', () => open.delete(browser))
    carry(browser, doorPort, watch)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  portal.network.leadTo((server.address() as AddressInfo).port)
  try {
    await journey({
      weaken: (weakness) => Object.assign(watch, { weakness, hits: 0 }),
      hits: () => watch.hits,
      lastExchange: () => watch.exchange,
    })
  } finally {
    portal.network.leadTo()
    for (const socket of open) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
}

function carry(browser: Socket, doorPort: number, watch: Watch): void {
  const door = connect(doorPort, '127.0.0.1')
  const end = () => {
    browser.destroy()
    door.destroy()
  }
  let lost = false
  let weakness: Weakness | null = null
  let drip: ((bytes: Buffer) => void) | undefined
  const passed = { up: Buffer.alloc(0), down: Buffer.alloc(0) }

  const carryOn = (way: Way, to: Socket, chunk: Buffer) => {
    if (lost || watch.weakness?.kind === 'swallow') return void (lost = true)
    if (way === 'up' && chunk.toString('latin1', 0, MATCH.length) === MATCH) {
      weakness = watch.weakness
      drip = undefined
      Object.assign(passed, { up: Buffer.alloc(0), down: Buffer.alloc(0) })
    }
    const before = passed[way].length
    passed[way] = Buffer.concat([passed[way], chunk])
    const { head, whole } = lengthsOf(passed[way])
    const complete = passed[way].length >= whole
    if (way === 'down' && complete) watch.exchange = { up: lengthsOf(passed.up), down: { head, whole } }
    if (!weakness || weakness.kind === 'swallow' || weakness.way !== way) return void to.write(chunk)

    const free = Math.max(0, weakness.afterBytes - before)
    if (weakness.kind === 'trickle') {
      to.write(chunk.subarray(0, free))
      if (free === chunk.length) return
      if (!drip) watch.hits += 1
      drip ??= trickle(to, weakness.bytesPerSecond)
      return drip(chunk.subarray(free))
    }
    if (passed[way].length < weakness.afterBytes && !complete) return void to.write(chunk)
    watch.hits += 1
    lost = true
    to.write(chunk.subarray(0, free), end)
  }

  browser.on('data', (chunk: Buffer) => carryOn('up', door, chunk))
  door.on('data', (chunk: Buffer) => carryOn('down', browser, chunk))
  browser.on('error', end)
  door.on('error', end)
  browser.on('close', end)
  door.on('close', () => {
    if (!lost) browser.end()
  })
}

/** Infinity while the head is not complete. */
function lengthsOf(message: Buffer): { head: number; whole: number } {
  const end = message.indexOf(HEADERS_END)
  if (end < 0) return { head: Infinity, whole: Infinity }
  const head = end + HEADERS_END.length
  return { head, whole: head + Number(/content-length: (\d+)/i.exec(message.toString('latin1', 0, head))?.[1] ?? 0) }
}

/** Bytes given to it come out one after another at that rate. */
function trickle(to: Socket, bytesPerSecond: number): (bytes: Buffer) => void {
  let waiting = Buffer.alloc(0)
  let lastMs = performance.now()
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - lastMs) * bytesPerSecond) / 1000)
    if (due === 0) return
    lastMs = performance.now()
    to.write(waiting.subarray(0, due))
    waiting = waiting.subarray(due)
  }, TICK_MS)
  to.on('close', () => clearInterval(timer))
  return (bytes) => {
    waiting = Buffer.concat([waiting, bytes])
  }
}
