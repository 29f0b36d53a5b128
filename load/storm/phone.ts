import { systemClock } from '../../domain/clock.ts'
import { openMemoryStore } from '../../worker/outbox/memory-store.ts'
import type { Outbox, Transport } from '../../worker/outbox/outbox.ts'
import type { ReportRecord } from '../../worker/outbox/report-record.ts'
import { newDraft, saveReport } from '../../worker/outbox/save-report.ts'
import { sendDue } from '../../worker/outbox/send-due.ts'
import { sha256 } from '../../server/platform/hash.ts'
import { seededRandom } from '../seeded-random.ts'
import { syntheticContent } from '../synthetic-report.ts'
import type { PhoneOutcome } from './reckoning.ts'
import type { Wake } from './wake.ts'

/** `twins`: the same report is sent by two senders at once. `second-body`: another body follows under the same id. */
export type Temper = 'plain' | 'twins' | 'second-body'

export interface PhoneOptions {
  seed: number
  temper: Temper
  transport: Transport
  accountNumbers: readonly string[]
  /** Evidence that the network is back, as a phone has it when it is picked up again. */
  wake: Wake
  signal: AbortSignal
  /** Called once, when the report is saved on the phone. */
  onSaved: () => void
  /** Called once, when it holds a verified receipt. */
  onReceived: () => void
}

/** What a phone holds at the end, with the receipt for an independent check. */
export interface PhoneEnd extends PhoneOutcome {
  receipt: string | null
  attempts: number
}

/**
 * One customer's phone: saves a report, keeps it and sends it by the real outbox's rules until it holds
 * a verified receipt, whatever dies meanwhile. Ends early only when `signal` aborts.
 */
export async function runPhone(options: PhoneOptions): Promise<PhoneEnd> {
  const { seed, temper, onSaved, onReceived } = options
  const random = seededRandom(seed)
  const outbox = openOutbox(options, seed)
  const { record } = await saveReport(outbox, newDraft(outbox), (savedAtMs) => syntheticContent(savedAtMs, random, options.accountNumbers))
  onSaved()

  const twin = temper === 'twins' ? deliver(await copyOf(record, options, seed + 0x1000_0000), options) : null
  const end = await deliver(outbox, options)
  if (end.received) onReceived()
  const twinEnd = await twin
  // Two senders of one report must hold receipts of one and the same acceptance.
  const accepted = end.received !== null && (twinEnd === null || twinEnd.received?.acceptedAt === end.received.acceptedAt)

  let second: ReportRecord | null = null
  if (temper === 'second-body' && accepted) {
    const body = new TextEncoder().encode(JSON.stringify({ ...JSON.parse(new TextDecoder().decode(record.body)) as object, accessNotes: 'Changed my mind' }))
    second = await deliver(await copyOf({ ...record, body, bodyHash: sha256(body) }, options, seed + 0x2000_0000), options)
  }
  return {
    id: record.id,
    bodyHash: record.bodyHash,
    accepted,
    receipt: end.received?.receipt ?? null,
    attempts: end.attempts,
    secondBodyHash: second?.bodyHash ?? null,
    secondRefused: second?.attention?.reason === 'conflict',
  }
}

function openOutbox({ transport }: PhoneOptions, seed: number): Outbox {
  return {
    store: openMemoryStore(),
    clock: systemClock,
    random: seededRandom(seed ^ 0x5bd1_e995),
    transport,
    locks: null,
    contextId: String(seed),
    announce: () => undefined,
  }
}

/** Another sender that holds the same report: a second tab, a restored phone. */
async function copyOf(record: ReportRecord, options: PhoneOptions, seed: number): Promise<Outbox> {
  const outbox = openOutbox(options, seed)
  await outbox.store.transact(() => ({ put: [record], result: undefined }))
  return outbox
}

/** Sends until the outbox has nothing left to send; between attempts it waits as the outbox says, or until woken. */
async function deliver(outbox: Outbox, { wake, signal }: PhoneOptions): Promise<ReportRecord> {
  let woken = false
  for (;;) {
    const { nextDueAtMs } = await sendDue(outbox, { wake: woken ? 'tap' : 'timer' })
    if (nextDueAtMs === null || signal.aborted) break
    woken = await wake.orAfter(nextDueAtMs - outbox.clock.nowMs(), signal)
  }
  const [record] = await outbox.store.listReports()
  return record!
}
