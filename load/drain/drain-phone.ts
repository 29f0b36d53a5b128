import type { Random } from '../../domain/clock.ts'
import { DOOR_HEADERS } from '../../domain/report-limits.ts'
import { claimReport } from '../../worker/outbox/claim-report.ts'
import { answerOf, classifyAnswer } from '../../worker/outbox/classify-answer.ts'
import { afterFailure, afterReturn, FRESH_LINE, type Line } from '../../worker/outbox/line.ts'
import type { Change, Contents } from '../../worker/outbox/outbox-store.ts'
import type { KeepReason, ReportRecord } from '../../worker/outbox/report-record.ts'
import { type Outcome, settleReport } from '../../worker/outbox/settle-report.ts'

/** Failures that a phone has behind it after minutes without a network. */
const FAILURES_BEFORE = 8
/** The last of the failing, which decides when it would have tried next by itself. */
const LAST_FAILURES_MS = 15 * 60_000
const NO_ANSWER = { retryAfterMs: null, slot: null, spreadMs: null }
const OWNER = 'sender'

/** The door's answer as far as the outbox reads it. */
export interface DoorAnswer {
  status: number
  text: string
  headers: Readonly<Record<string, string>>
}

export interface NextStep {
  atMs: number
  send: boolean
  ticket: string | null
}

/** One phone with one report, and between its network and its memory nothing but the outbox's own policy. */
export class DrainPhone {
  #record: ReportRecord
  #line: Line
  readonly #random: Random

  /** @param spreadMs what the door had said before the phone was cut off */
  constructor({ hazardous, backAtMs, cutOffMs, spreadMs, random }: { hazardous: boolean; backAtMs: number; cutOffMs: number; spreadMs: number | null; random: Random }) {
    this.#random = random
    this.#record = recordOf(hazardous, backAtMs - cutOffMs)
    this.#line = lineAt(backAtMs, cutOffMs, spreadMs, random)
  }

  get received(): boolean {
    return this.#record.received !== null
  }

  /** Sends now, as send-due does after each wake, or says when to look again, ms. */
  next(nowMs: number, wake: 'return' | 'timer'): NextStep {
    if (wake === 'return') this.#line = afterReturn(this.#line, nowMs, this.#random) ?? this.#line
    const claim = this.#transact((contents) => claimReport(contents, nowMs, { owner: OWNER, lockHeld: true, ownLock: true, wake, maySend: () => true, isDead: () => false }))
    if (claim.kind === 'claimed') return { atMs: nowMs, ticket: claim.slot, send: true }
    const atMs = claim.kind === 'idle' ? claim.nextDueAtMs : claim.freeAtMs
    return { atMs: Math.max(nowMs, atMs ?? nowMs), ticket: null, send: false }
  }

  hear({ status, headers, text }: DoorAnswer, nowMs: number): void {
    const verdict = classifyAnswer(answerOf(status, (name) => headers[name], text), nowMs)
    this.#settle(verdict.kind === 'receipt' ? { ...verdict, kind: 'received', acceptedAt: '', serverClock: null } : verdict, nowMs)
  }

  hearNothing(reason: Extract<KeepReason, 'unreachable' | 'timed-out'>, nowMs: number): void {
    this.#settle({ kind: 'keep', reason, ...NO_ANSWER }, nowMs)
  }

  #settle(outcome: Outcome, nowMs: number): void {
    this.#transact((contents) => settleReport(contents, this.#record.id, OWNER, outcome, nowMs, this.#random))
  }

  #transact<T>(change: (contents: Contents) => Change<T>): T {
    const { put, line, result } = change({ reports: [this.#record], followUps: [], line: this.#line })
    if (put?.[0]) this.#record = put[0]
    if (line) this.#line = line
    return result
  }
}

const BODY = new Uint8Array()

function recordOf(hazardous: boolean, savedAtMs: number): ReportRecord {
  return {
    id: 'report', reference: '', secret: '', body: BODY, bodyHash: '', place: '', savedAtMs, hazards: hazardous ? ['downed-line'] : [],
    savedOn: { contextId: '', monotonicMs: 0 }, attempts: 1, lease: null, retry: null, attention: null, received: null,
  }
}

/** The line of a phone that has failed since it was cut off, and has gone on trying as the policy says. */
function lineAt(backAtMs: number, cutOffMs: number, spreadMs: number | null, random: Random): Line {
  let line: Line = { ...FRESH_LINE, spreadMs, failingSinceMs: backAtMs - cutOffMs, failures: FAILURES_BEFORE }
  for (let atMs = backAtMs - Math.min(cutOffMs, LAST_FAILURES_MS); atMs <= backAtMs; atMs = line.probe!.atMs) line = afterFailure(line, NO_ANSWER, atMs, random)
  return line
}

export const RECEIVED: DoorAnswer = { status: 201, text: '{"receipt":"signed"}', headers: { 'content-type': 'application/json' } }

/** One that asks for nothing. */
export const REFUSED: DoorAnswer = { status: 503, text: '', headers: {} }

/** A refusal as the door sends it. */
export function refusedAnswer(refusal: { retryAfterSeconds: number; body: Buffer; slot: { ticket: string; inMs: number } | null }, spreadMs: number): DoorAnswer {
  const { retryAfterSeconds, body, slot } = refusal
  return {
    status: 503,
    text: body.toString(),
    headers: {
      'content-type': 'application/problem+json',
      'retry-after': String(retryAfterSeconds),
      [DOOR_HEADERS.spreadMs]: String(spreadMs),
      ...(slot && { [DOOR_HEADERS.slot]: slot.ticket, [DOOR_HEADERS.slotMs]: String(slot.inMs) }),
    },
  }
}
