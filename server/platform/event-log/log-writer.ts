import { Worker } from 'node:worker_threads'
import type { Logger } from '../logger.ts'
import { IndeterminateError, LogUnavailableError } from '../errors.ts'
import type { ShareStep, ShareView } from './commit-share.ts'
import { FencedError } from './fenced-error.ts'
import type { WriterFileOptions } from './log-file.ts'
import { newestHlcOf } from './restored-events.ts'
import type { StampedEvent } from './stamp-events.ts'
import { writerThreadPath } from './writer-thread-path.ts'
import type { Existing, Group, SavedCursor, WriterReport, WriterRequest } from './writer-messages.ts'

/** One commits while the next one waits in the thread, so that the thread never waits for this one. */
const GROUPS_UNDER_WAY = 2
const GROUP_RECORDS = 2_000
const WAITING_RECORDS = 50_000
const OPEN_BOUND_MS = 15_000
const RESTART_PAUSE_MS = 500

export interface Written {
  /** Of each record that was written; 0 for one that was there. The one that counts is in `existing` (by its index), if it is another. */
  positions: number[]
  existing: Existing[]
  /** One for each step of a share. */
  views: ShareView[]
}

interface Call {
  events: readonly StampedEvent[]
  cursors: readonly SavedCursor[]
  shares: readonly ShareStep[]
  resolve(written: Written): void
  reject(error: Error): void
}

export interface LogWriterOptions extends WriterFileOptions {
  /** How long a commit may take before it is called indeterminate, milliseconds. */
  answerBoundMs: number
  /** Called after each commit of this process. */
  onCommit(): void
  logger?: Logger
}

/**
 * The event loop's side of the writer's thread: collects calls into groups and settles them when their group is durable.
 * A thread that dies or falls silent makes what it held indeterminate; the next call starts another.
 */
export class LogWriter {
  readonly #options: LogWriterOptions
  readonly #underWay = new Map<number, { calls: Call[]; timer: NodeJS.Timeout }>()
  #waiting: Call[] = []
  #waitingRecords = 0
  #thread: Worker | null = null
  #ready = false
  #scheduled = false
  #lastNumber = 0
  #logId: string | undefined
  #failure = { atMs: -Infinity, reason: '' }
  #closing: { finished: Promise<void>; finish(): void } | null = null

  constructor(options: LogWriterOptions) {
    this.#options = options
  }

  /** Starts the thread. Throws LogUnavailableError when it cannot open the file. */
  open(): Promise<{ logId: string; newestHlc: string | null }> {
    return new Promise((resolve, reject) => this.#start(resolve, reject))
  }

  /** Durable when it resolves. Throws LogUnavailableError, IndeterminateError; FencedError when a later owner has saved a cursor. */
  write({ events = [], cursors = [], shares = [] }: Partial<Pick<Call, 'events' | 'cursors' | 'shares'>>): Promise<Written> {
    return new Promise((resolve, reject) => {
      if (this.#closing) return reject(new LogUnavailableError('The event log is closed'))
      if (this.#waitingRecords > 0 && this.#waitingRecords + events.length > WAITING_RECORDS) {
        return reject(new LogUnavailableError('Too many records are waiting for the event log'))
      }
      if (!this.#thread) {
        if (performance.now() - this.#failure.atMs < RESTART_PAUSE_MS) return reject(new LogUnavailableError(this.#failure.reason))
        this.#start()
      }
      this.#waiting.push({ events, cursors, shares, resolve, reject })
      this.#waitingRecords += events.length
      if (this.#scheduled) return
      this.#scheduled = true
      // Once a tick: what the same round of the event loop brings goes to the thread together.
      setImmediate(() => {
        this.#scheduled = false
        this.#post()
      })
    })
  }

  /** Waits until every call is settled and the thread has let go of the file. */
  close(): Promise<void> {
    if (!this.#closing) {
      const { promise: finished, resolve: finish } = Promise.withResolvers<void>()
      this.#closing = { finished, finish }
      this.#closeWhenDrained()
    }
    return this.#closing.finished
  }

  #start(opened?: (log: { logId: string; newestHlc: string | null }) => void, failed?: (error: Error) => void): void {
    const { path, busyBoundMs, maxPages } = this.#options
    const thread = new Worker(writerThreadPath(), {
      name: 'event-log-writer',
      execArgv: [],
      workerData: { path, busyBoundMs, maxPages, logId: this.#logId } satisfies WriterFileOptions,
    })
    this.#thread = thread
    const lost = (reason: string): void => {
      clearTimeout(openTimer)
      if (this.#thread === thread) this.#lose(reason)
      failed?.(new LogUnavailableError(`The event log cannot be opened: ${reason}`))
    }
    const openTimer = setTimeout(() => lost('no answer in time'), OPEN_BOUND_MS)
    thread.on('error', (error) => lost(error instanceof Error ? error.message : String(error)))
    thread.on('exit', (code) => lost(`its writer ended with code ${code}`))
    thread.on('message', (report: WriterReport) => {
      if (this.#thread !== thread) return
      if (report.kind === 'ready') {
        clearTimeout(openTimer)
        this.#logId = report.logId
        this.#ready = true
        opened?.(report)
        this.#post()
      } else if (report.kind === 'cannot-open') lost(report.reason)
      else if (report.kind === 'closed') this.#finishClose()
      else this.#settle(report)
    })
  }

  #post(): void {
    while (this.#thread && this.#ready && this.#underWay.size < GROUPS_UNDER_WAY && this.#waiting.length > 0) {
      const calls = this.#takeCalls()
      const group = groupOf(++this.#lastNumber, calls)
      const timer = setTimeout(() => this.#lose('its writer does not answer'), this.#options.answerBoundMs)
      this.#underWay.set(group.number, { calls, timer })
      this.#thread.ref()
      this.#thread.postMessage(group satisfies WriterRequest, [group.ids.buffer])
    }
    // An idle log keeps no process alive.
    if (this.#ready && this.#underWay.size === 0 && !this.#closing) this.#thread?.unref()
  }

  #takeCalls(): Call[] {
    let records = 0
    let count = 0
    while (count < this.#waiting.length && (count === 0 || records + this.#waiting[count]!.events.length <= GROUP_RECORDS)) {
      records += this.#waiting[count++]!.events.length
    }
    this.#waitingRecords -= records
    return this.#waiting.splice(0, count)
  }

  #settle(report: Extract<WriterReport, { kind: 'committed' | 'refused' }>): void {
    const group = this.#underWay.get(report.number)
    if (!group) return
    this.#underWay.delete(report.number)
    clearTimeout(group.timer)
    this.#post()
    if (report.kind === 'refused') {
      this.#options.logger?.error({ reason: report.reason, surely: report.surely }, 'the event log refused a group')
      for (const call of group.calls) call.reject(refusal(report.reason, report.surely))
    } else {
      resolveCalls(group.calls, report)
      this.#options.onCommit()
    }
    this.#closeWhenDrained()
  }

  /** The thread is gone or given up: what it held may stand in the file or not; what waits here goes to the next one. */
  #lose(reason: string): void {
    const thread = this.#thread
    const wasReady = this.#ready
    this.#thread = null
    this.#ready = false
    this.#failure = { atMs: wasReady ? -Infinity : performance.now(), reason }
    this.#options.logger?.error({ reason }, 'the event log lost its writer')
    void thread?.terminate()
    for (const { calls, timer } of this.#underWay.values()) {
      clearTimeout(timer)
      for (const call of calls) call.reject(refusal(reason, false))
    }
    this.#underWay.clear()
    if (wasReady && this.#waiting.length > 0) return this.#start()
    for (const call of this.#waiting) call.reject(refusal(reason, true))
    this.#waiting = []
    this.#waitingRecords = 0
    this.#closeWhenDrained()
  }

  #closeWhenDrained(): void {
    if (!this.#closing || this.#underWay.size > 0 || this.#waiting.length > 0) return
    if (!this.#thread) return this.#closing.finish()
    this.#thread.ref()
    this.#thread.postMessage('close' satisfies WriterRequest, [])
  }

  #finishClose(): void {
    const thread = this.#thread
    this.#thread = null
    void thread?.terminate().then(() => this.#closing?.finish())
  }
}

function refusal(reason: string, surely: boolean): Error {
  return surely
    ? new LogUnavailableError(`The event log cannot write: ${reason}`)
    : new IndeterminateError(`The event log may have written it or not: ${reason}`)
}

function groupOf(number: number, calls: readonly Call[]): Group {
  const events = calls.flatMap((call) => call.events)
  const ids = new Uint8Array(events.length * 16)
  for (const [index, { envelope }] of events.entries()) ids.set(idBytes(envelope.id), index * 16)
  return {
    number,
    ids,
    topics: events.map((event) => event.topic),
    bodyHashes: events.map((event) => event.envelope.bodyhash),
    envelopes: events.map((event) => event.json),
    newestHlc: newestHlcOf(events),
    cursors: calls.flatMap((call) => call.cursors),
    shares: calls.flatMap((call) => call.shares),
  }
}

/** @param id a UUID as text */
export function idBytes(id: string): Uint8Array {
  return Buffer.from(id.replaceAll('-', ''), 'hex')
}

function resolveCalls(calls: readonly Call[], { positions, existing, fenced, views }: Extract<WriterReport, { kind: 'committed' }>): void {
  let start = 0
  let next = 0
  let cursor = 0
  let view = 0
  for (const call of calls) {
    const end = start + call.events.length
    const own: Existing[] = []
    for (let one = existing[next]; one && one.index < end; one = existing[++next]) {
      own.push({ outcome: one.outcome, position: one.position, envelope: one.envelope, index: one.index - start })
    }
    const lost = call.cursors.find((_, index) => fenced.includes(cursor + index))
    if (lost) call.reject(new FencedError(`A later owner of ${lost.partition} has saved the cursor of ${lost.consumer}`))
    else call.resolve({ positions: positions.slice(start, end), existing: own, views: views.slice(view, view + call.shares.length) })
    start = end
    cursor += call.cursors.length
    view += call.shares.length
  }
}
