/** Many listeners of an event stream in a process of their own. Each reads its own bytes; what a message says is parsed once for all. */
import { Agent, get, type IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { median, percentile, rounded } from '../percentile.ts'
import type { Heard, ListenJob, ListenMessage } from './listen-job.ts'

const LOOK_MS = 50
const GAP = Buffer.from('\n\n')

interface Row {
  id: string
  acceptedAt: string
}

/** By the text of its first line, which names a place that is told once. */
const parsed = new Map<string, Row[]>()
let job: ListenJob
let startedMs = 0
let [bytes, messages, ended] = [0, 0, 0]
const seen: Set<string>[] = []
const latencies = new Map<string, number[]>()
const streams: IncomingMessage[] = []

function take(listener: number, message: Buffer): void {
  const nowMs = Date.now()
  const text = message.toString('utf8')
  const data = text.indexOf('\ndata: ')
  if (data === -1) return
  messages++
  const place = text.slice(0, data)
  let rows = parsed.get(place)
  if (!rows) {
    rows = (JSON.parse(text.slice(data + '\ndata: '.length)) as { rows: Row[] }).rows.map(({ id, acceptedAt }) => ({ id, acceptedAt }))
    parsed.set(place, rows)
  }
  for (const { id, acceptedAt } of rows) {
    const acceptedMs = Date.parse(acceptedAt)
    if (acceptedMs < startedMs || seen[listener]!.has(id)) continue
    seen[listener]!.add(id)
    const all = latencies.get(id) ?? []
    latencies.set(id, all)
    all.push(nowMs - acceptedMs)
  }
}

function open(listener: number, agent: Agent): Promise<void> {
  seen[listener] = new Set()
  return new Promise((resolve, reject) => {
    const request = get(job.url, { agent, headers: { cookie: job.cookie, accept: 'text/event-stream' } }, (answer) => {
      if (answer.statusCode !== 200) return reject(new Error(`The stream answered ${answer.statusCode}`))
      let rest: Buffer = Buffer.alloc(0)
      streams.push(answer)
      answer.on('data', (chunk: Buffer) => {
        resolve()
        bytes += chunk.length
        rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
        for (let gap = rest.indexOf(GAP); gap !== -1; gap = rest.indexOf(GAP)) {
          take(listener, rest.subarray(0, gap))
          rest = rest.subarray(gap + GAP.length)
        }
      })
      answer.on('close', () => ended++)
      answer.on('error', () => undefined)
    })
    request.on('error', reject)
  })
}

async function begin(asked: ListenJob): Promise<number> {
  job = asked
  for (const stream of streams.splice(0)) stream.destroy()
  parsed.clear()
  latencies.clear()
  seen.length = 0
  const agent = new Agent({ keepAlive: false, maxSockets: Infinity })
  // By tens, as people come: not all of them in one moment.
  for (let from = 0; from < job.listeners; from += 10) await Promise.all(Array.from({ length: Math.min(10, job.listeners - from) }, (_, index) => open(from + index, agent)))
  startedMs = Date.now()
  ;[bytes, messages, ended] = [0, 0, 0]
  return job.listeners
}

async function end({ reports, withinMs }: { reports: number; withinMs: number }): Promise<Heard> {
  const untilMs = Date.now() + withinMs
  const heard = () => [...latencies.values()].reduce((sum, all) => sum + all.length, 0)
  while (heard() < reports * job.listeners && Date.now() < untilMs) await sleep(LOOK_MS)
  const all = [...latencies.values()]
  const each = all.flat()
  return {
    listeners: job.listeners, reports: all.length, heard: heard(), p50Ms: percentile(each, 0.5), p99Ms: percentile(each, 0.99),
    firstMs: rounded(median(all.map((one) => Math.min(...one)))), lastMs: rounded(median(all.map((one) => Math.max(...one)))),
    bytesPerListener: Math.round(bytes / job.listeners), messages: Math.round(messages / job.listeners), ended,
  }
}

process.on('message', (message: ListenMessage) => {
  void ('begin' in message ? begin(message.begin) : end(message.end)).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  )
})
process.on('disconnect', () => process.exit(0))
process.send?.({ port: 0 })
