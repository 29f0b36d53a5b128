/** One way to get the outbox wrong: a small change of its real source text. */
export interface Mutant {
  name: string
  /** Path from `worker/`. */
  file: string
  /** Stands in the file exactly once. */
  find: string
  replace: string
  /** What the witness says of it. */
  breaks: RegExp
  /** The first seed whose simulation tells the mutant from the real code. */
  seed: number
}

/** Each must be told from the real code within 100 seeds; `npm run simulate:outbox -- --mutants` finds the seeds. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'deletes the report before its receipt',
    file: 'outbox/send-due.ts',
    find: 'const outcome = await attemptSend(outbox, record, slot)',
    replace: `await store.transact(() => ({ remove: [record.id], result: undefined }))
    const outcome = await attemptSend(outbox, record, slot)`,
    breaks: /removed before it was received/,
    seed: 1,
  },
  {
    name: 'makes a new id for a retry',
    file: 'outbox/attempt-send.ts',
    find: 'transport.post(pathOf(record), record.body, headers, signal)',
    replace: `transport.post(pathOf(record), record.attempts < 2 ? record.body
      : new TextEncoder().encode(new TextDecoder().decode(record.body).replace(record.id, '019c0000-0000-7000-8000-000000000000')), headers, signal)`,
    breaks: /never on the disk/,
    seed: 1,
  },
  {
    name: 'serialises the body anew at each send',
    file: 'outbox/attempt-send.ts',
    find: 'transport.post(pathOf(record), record.body, headers, signal)',
    replace: `transport.post(pathOf(record),
      new TextEncoder().encode(JSON.stringify({ ...JSON.parse(new TextDecoder().decode(record.body)), savedAt: new Date(clock.nowMs()).toISOString() })), headers, signal)`,
    breaks: /other bytes than were saved/,
    seed: 1,
  },
  {
    name: 'knows no lease',
    file: 'outbox/claim-report.ts',
    find: 'const foreign = all.find(',
    replace: 'const foreign = all.slice(all.length).find(',
    breaks: / while |without a lease/,
    seed: 1,
  },
  {
    name: 'trusts its lock and ignores leases under it',
    file: 'outbox/claim-report.ts',
    find: '!(sender.lockHeld && record.lease!.lockHeld)',
    replace: '!sender.lockHeld',
    breaks: / while |without a lease/,
    seed: 1,
  },
  {
    name: 'waits for a lock that a frozen tab keeps',
    file: 'outbox/send-due.ts',
    find: 'return work(lock !== null)',
    replace: 'return lock === null && name === LOCK_NAME ? Promise.resolve({ received: 0, nextDueAtMs: null }) : work(lock !== null)',
    breaks: /never received|its sender is dead/,
    seed: 2,
  },
  {
    name: 'waits for the lease of a sender that died without the common lock',
    file: 'outbox/send-due.ts',
    find: 'if (claim.by !== null && (await',
    replace: 'if (claim.by === owner && (await',
    breaks: /its sender is dead/,
    seed: 2,
  },
  {
    name: 'takes every sender without the common lock for dead',
    file: 'outbox/send-due.ts',
    find: '(await isFree(locks, lockOf(claim.by)))',
    replace: 'locks !== null',
    breaks: / while |without a lease/,
    seed: 1,
  },
  {
    name: 'has leases that never end',
    file: 'outbox/report-record.ts',
    find: 'return leftMs > 0 && leftMs <= LEASE_MS',
    replace: 'return record.lease !== null && leftMs <= LEASE_MS',
    breaks: /never received|without a lease/,
    seed: 5,
  },
  {
    name: 'sends on a lease that is over',
    file: 'outbox/send-due.ts',
    find: 'if (!isLeased(record, clock.nowMs())) continue',
    replace: '',
    breaks: /without a lease/,
    seed: 6,
  },
  {
    name: 'believes a receipt without checking it',
    file: 'outbox/attempt-send.ts',
    find: "return check.kind === 'verified' ? check : null",
    replace: "return check.kind === 'verified' ? check : { acceptedAt: '' }",
    breaks: /gave no such receipt/,
    seed: 5,
  },
  {
    name: 'believes a receipt about another report',
    file: 'outbox/verify-receipt.ts',
    find: 'claims.id === report.id && claims.bodyHash === report.bodyHash && ',
    replace: '',
    breaks: /gave no such receipt/,
    seed: 36,
  },
  {
    name: 'takes a page of HTML for success',
    file: 'outbox/attempt-send.ts',
    find: "if (verdict.kind !== 'receipt') return verdict",
    replace: `if (verdict.kind === 'keep' && answer.status === 200) return { kind: 'received', receipt: '', acceptedAt: '', spreadMs: null, serverClock: null }
  if (verdict.kind !== 'receipt') return verdict`,
    breaks: /gave no such receipt/,
    seed: 4,
  },
  {
    name: 'never fetches keys again',
    file: 'outbox/attempt-send.ts',
    find: "if (check.kind === 'unknown-key') {",
    replace: "if (check.kind === 'unknown-key' && record.attempts < 0) {",
    breaks: /never received|still waits/,
    seed: 2,
  },
  {
    name: 'drops a report that the door refuses',
    file: 'outbox/settle-report.ts',
    find: '...putting([{ ...released, attention: { reason, errors, traceId } }])',
    replace: 'remove: [id]',
    breaks: /removed before it was received/,
    seed: 7,
  },
  {
    name: 'ignores Retry-After',
    file: 'outbox/classify-answer.ts',
    find: 'retryAfterMs: parseRetryAfter(retryAfter, nowMs)',
    replace: 'retryAfterMs: null',
    breaks: /before the time that the door asked for/,
    seed: 1,
  },
  {
    name: 'lets a tap pass the time that the door asked for',
    file: 'outbox/claim-report.ts',
    find: 'if (line.asked && !urgent) waits.push',
    replace: "if (line.asked && !urgent && wake !== 'tap') waits.push",
    breaks: /before the time that the door asked for/,
    seed: 1,
  },
  {
    name: 'lets hazards stand in line',
    file: 'outbox/claim-report.ts',
    find: 'Number(urgent.has(b)) - Number(urgent.has(a)) || ',
    replace: '',
    breaks: /before the hazard/,
    seed: 2,
  },
  {
    name: 'drops the draft before the save is durable',
    file: 'outbox/save-report.ts',
    find: 'const result = await outbox.store.transact(',
    replace: `await outbox.store.transact(() => ({ dropDraft: draft.id, result: undefined }))
  const result = await outbox.store.transact(`,
    breaks: /draft .* was dropped/,
    seed: 1,
  },
  {
    name: 'writes a second save over the first',
    file: 'outbox/save-report.ts',
    find: 'if (standing) return',
    replace: 'if (standing?.received) return',
    breaks: /is not what was saved|without a lease|other bytes/,
    seed: 1,
  },
  {
    name: 'sends a follow-up before its report',
    file: 'outbox/claim-report.ts',
    find: 'return !isFollowUp(record) || reports.every(',
    replace: 'return true || reports.every(',
    breaks: /before its report was received/,
    seed: 1,
  },
  {
    name: 'forgets reports that were never received',
    file: 'outbox/settle-report.ts',
    find: 'received !== null && nowMs - Math.max(received.atMs, Date.parse(received.acceptedAt)) > RECEIVED_KEPT_MS',
    replace: 'nowMs - (received?.atMs ?? 0) > RECEIVED_KEPT_MS',
    breaks: /removed before it was received/,
    seed: 1,
  },
  {
    name: 'forgets with the disk what an open page shows',
    file: 'outbox/remembering-store.ts',
    find: 'if (!standing) return unwritten.has(kept.id) || !kept.received',
    replace: 'if (!standing) return unwritten.has(kept.id)',
    breaks: /never received|is lost from the screen/,
    seed: 10,
  },
  {
    name: 'gives a save that the disk refused for one that stands',
    file: 'outbox/remembering-store.ts',
    find: 'if (!changed.mayBeLost && !inMemory) throw error',
    replace: '',
    breaks: /called saved/,
    seed: 5,
  },
  {
    name: 'takes the offset of the clocks for exact',
    file: 'outbox/server-clock.ts',
    find: 'errorMs: Math.ceil(roundTripMs / 2) + 1',
    replace: 'errorMs: 0',
    breaks: /from the time that its evidence gives/,
    seed: 1,
  },
]
