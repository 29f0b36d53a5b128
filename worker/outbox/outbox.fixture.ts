import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { Clock, Random } from '../../domain/clock.ts'
import { RECEIPT_TYPE } from '../../domain/receipt-type.ts'
import { toBase64url } from './base64url.ts'
import { type Answer, answerOf } from './classify-answer.ts'
import { openIndexedStore } from './indexed-store.ts'
import type { Outbox, SenderLocks, Transport } from './outbox.ts'
import type { OutboxStore } from './outbox-store.ts'
import type { ReportRecord } from './report-record.ts'
import { newDraft, type ReportContent, saveReport } from './save-report.ts'

/** A phone with nothing on it. */
export function resetBrowser(): void {
  globalThis.indexedDB = new IDBFactory()
}

export const content: ReportContent = {
  locale: 'en',
  channel: 'web',
  place: { address: '12 Elm Street' },
  hazards: [],
  scope: 'whole-home',
  heardBang: 'unknown',
  neighborsOut: 'unknown',
  medicalEquipment: false,
}

export interface ManualClock extends Clock {
  advance(durationMs: number): void
  setWall(nowMs: number): void
}

/** Time that moves only when told to. */
export function manualClock(startMs = Date.UTC(2026, 0, 31, 4)): ManualClock {
  let wallMs = startMs
  let monotonicMs = 0
  const sleepers = new Set<{ atMs: number; wake: () => void }>()
  return {
    nowMs: () => wallMs,
    monotonicMs: () => monotonicMs,
    sleep: (durationMs, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { atMs: monotonicMs + durationMs, wake: resolve }
        sleepers.add(sleeper)
        signal?.addEventListener('abort', () => {
          sleepers.delete(sleeper)
          reject(signal.reason as Error)
        })
      }),
    advance(durationMs) {
      wallMs += durationMs
      monotonicMs += durationMs
      for (const sleeper of sleepers) if (sleeper.atMs <= monotonicMs && sleepers.delete(sleeper)) sleeper.wake()
    },
    setWall(nowMs) {
      wallMs = nowMs
    },
  }
}

const systemRandomBytes = (length: number) => crypto.getRandomValues(new Uint8Array(length))
export const fixedRandom = (fraction: number): Random => ({ bytes: systemRandomBytes, fraction: () => fraction })

interface Sent {
  id: string
  path: string
  text: string
  headers: Record<string, string>
}

/** A door in memory that follows the contract: first record wins, receipts are signed. */
export async function simulatedDoor() {
  const keys = new Map<string, CryptoKey>()
  const published: object[] = []
  const first = new Map<string, string>()
  const sent: Sent[] = []
  let signingKid = ''

  async function rotateKey(kid: string, options: { publish?: boolean } = {}) {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
    keys.set(kid, privateKey)
    signingKid = kid
    if (options.publish !== false) published.push({ ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' })
  }
  await rotateKey('key-1')

  async function receiptFor(claims: object, header: { alg?: string; kid?: string; typ?: string } = {}) {
    return new SignJWT({ reference: 'x', acceptedAt: '2026-01-31T04:00:01.000Z', region: 'local', durability: 'local', ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: signingKid, typ: RECEIPT_TYPE, ...header })
      .sign(keys.get(header.kid ?? signingKid)!)
  }

  const accept = async (body: Uint8Array<ArrayBuffer>): Promise<Answer> => {
    const { id } = JSON.parse(new TextDecoder().decode(body)) as { id: string }
    const bodyHash = toBase64url(new Uint8Array(await crypto.subtle.digest('SHA-256', body)))
    const standing = first.get(id) ?? bodyHash
    first.set(id, standing)
    if (standing !== bodyHash) return problem(409, 'conflict')
    return json(201, { receipt: await receiptFor({ id, bodyHash }) })
  }

  const door = {
    sent,
    accepted: first,
    published,
    keyFetches: 0,
    rotateKey,
    receiptFor,
    accept,
    /** What the next sends meet; default: accepted. */
    answer: accept as (body: Uint8Array<ArrayBuffer>, signal: AbortSignal) => Promise<Answer>,
    keysAnswer: (): Promise<Answer> => Promise.resolve(json(200, { keys: published })),
  }
  const transport: Transport = {
    post(path, body, headers, signal) {
      const text = new TextDecoder().decode(body)
      sent.push({ id: (JSON.parse(text) as { id: string }).id, path, text, headers })
      return door.answer(body, signal)
    },
    async fetchKeys() {
      door.keyFetches += 1
      return door.keysAnswer()
    },
  }
  return Object.assign(door, { transport })
}

export type SimulatedDoor = Awaited<ReturnType<typeof simulatedDoor>>

/** Headers by their names; `Retry-After` alone as a text. */
type AnswerHeaders = string | null | Record<string, string>

function answer(status: number, contentType: string, text: string, headers: AnswerHeaders): Answer {
  const more = typeof headers === 'string' ? { 'retry-after': headers } : headers
  const all: Record<string, string> = { 'content-type': contentType, ...more }
  return answerOf(status, (name) => all[name], text)
}

export function json(status: number, value: unknown, headers: AnswerHeaders = null): Answer {
  return answer(status, 'application/json; charset=utf-8', JSON.stringify(value), headers)
}

export function problem(status: number, code: string, more: object = {}, headers: AnswerHeaders = null): Answer {
  return answer(status, 'application/problem+json', JSON.stringify({ type: `urn:stormdoor:problem:${code}`, title: code, status, ...more }), headers)
}

export function html(status: number, text = '<!doctype html><title>Welcome to the hotel</title>'): Answer {
  return answer(status, 'text/html; charset=utf-8', text, null)
}

/** Web Locks over every outbox that shares it; a lock of a dead tab is let go by `releaseAll`. */
export function sharedLocks(): SenderLocks & { releaseAll(): void } {
  const held = new Set<string>()
  return {
    async request(name, { mode }, work) {
      if (held.has(name)) return work(null)
      if (mode === 'shared') return work({})
      held.add(name)
      try {
        return await work({})
      } finally {
        held.delete(name)
      }
    },
    releaseAll: () => held.clear(),
  }
}

interface PhoneParts {
  clock?: ManualClock
  random?: Random
  locks?: SenderLocks | null
  store?: OutboxStore
}

/** One page or worker of the phone. */
export function phone(door: SimulatedDoor, parts: PhoneParts = {}): Outbox & { clock: ManualClock; announced: number } {
  const outbox = {
    store: parts.store ?? openIndexedStore(),
    clock: parts.clock ?? manualClock(),
    random: parts.random ?? fixedRandom(0.5),
    transport: door.transport,
    locks: parts.locks ?? null,
    contextId: toBase64url(systemRandomBytes(9)),
    announced: 0,
    announce: () => {
      outbox.announced += 1
    },
  }
  return outbox
}

/** Saves one report and answers its record. */
export async function saved(outbox: Outbox, more: Partial<ReportContent> = {}): Promise<ReportRecord> {
  const { record } = await saveReport(outbox, newDraft(outbox), () => ({ ...content, ...more }))
  return record
}

export async function onlyReport(outbox: Outbox): Promise<ReportRecord> {
  const reports = await outbox.store.listReports()
  if (reports.length !== 1) throw new Error(`Expected one report, found ${reports.length}`)
  return reports[0]!
}

const PATIENCE_MS = 5_000

/** Waits until `holds`, a turn of the event loop at a time. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS
  while (performance.now() < endMs) {
    if (await holds()) return
    await new Promise((resolve) => setImmediate(resolve))
  }
  throw new Error('The condition did not come true')
}
