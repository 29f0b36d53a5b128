import { beforeEach, describe, expect, test } from 'vitest'
import type { Answer } from './classify-answer.ts'
import { html, json, manualClock, onlyReport, phone, problem, resetBrowser, saved, sharedLocks, type SimulatedDoor, simulatedDoor, until } from './outbox.fixture.ts'
import { LEASE_MS, stateOf } from './report-record.ts'
import { sendDue } from './send-due.ts'
import { retryAttention } from './settle-report.ts'

const DAY_MS = 24 * 60 * 60_000
let door: SimulatedDoor

beforeEach(async () => {
  resetBrowser()
  door = await simulatedDoor()
})

const never = () => new Promise<Answer>(() => {})

describe('sending what is due @outbox', () => {
  test('sends the stored bytes and is received by a verified receipt', async () => {
    const outbox = phone(door)
    const record = await saved(outbox)
    expect(stateOf(record, outbox.clock.nowMs())).toBe('saved')
    expect(await sendDue(outbox)).toEqual({ received: 1, nextDueAtMs: null })
    const after = await onlyReport(outbox)
    expect(stateOf(after, outbox.clock.nowMs())).toBe('received')
    expect(after.received?.acceptedAt).toBe('2026-01-31T04:00:01.000Z')
    expect(door.sent[0]!.text).toBe(new TextDecoder().decode(record.body))
    await sendDue(outbox, { wake: 'tap' })
    expect(door.sent).toHaveLength(1)
  })

  test('says "sending" while an attempt is under way, and tells the pages of each change', async () => {
    const outbox = phone(door)
    door.answer = never
    await saved(outbox)
    void sendDue(outbox)
    await until(() => door.sent.length === 1)
    expect(stateOf(await onlyReport(outbox), outbox.clock.nowMs())).toBe('sending')
    expect(outbox.announced).toBe(2)
  })

  test('sends evidence about clocks and attempts in headers, and the same id and bytes each time', async () => {
    const outbox = phone(door)
    const record = await saved(outbox, { hazards: ['fire'] })
    door.answer = () => Promise.reject(new TypeError('Failed to fetch'))
    outbox.clock.advance(1_500)
    await sendDue(outbox)
    outbox.clock.advance(DAY_MS)
    door.answer = door.accept
    await sendDue(outbox)
    expect(door.sent.map(({ id }) => id)).toEqual([record.id, record.id])
    expect(new Set(door.sent.map(({ text }) => text)).size).toBe(1)
    expect(door.sent[0]!.headers).toEqual({
      'report-secret': record.secret,
      'report-attempt': '1',
      'report-sent-at': '2026-01-31T04:00:01.500Z',
      'report-elapsed-ms': '1500',
      'report-priority': 'hazard',
    })
    expect(door.sent[1]!.headers['report-attempt']).toBe('2')
  })

  test('another page does not claim to know how much time has passed, and no hazard claims no priority', async () => {
    await saved(phone(door))
    await sendDue(phone(door))
    expect(door.sent[0]!.headers).not.toHaveProperty('report-elapsed-ms')
    expect(door.sent[0]!.headers).not.toHaveProperty('report-priority')
  })

  test('hazards go first, then the oldest', async () => {
    const outbox = phone(door)
    const ids = []
    for (const hazards of [[], [], ['fire'], ['gas-smell']] as const) {
      ids.push((await saved(outbox, { hazards: [...hazards] })).id)
      outbox.clock.advance(1)
    }
    await sendDue(outbox)
    expect(door.sent.map(({ id }) => id)).toEqual([ids[2], ids[3], ids[0], ids[1]])
  })

  test.each([
    ['no network', () => Promise.reject(new TypeError('Failed to fetch')), 'unreachable'],
    ['a hotel page', () => Promise.resolve(html(200)), 'not-ours'],
    ['a redirect', () => Promise.resolve({ ...html(0), text: '' }), 'not-ours'],
    ['an overloaded door', () => Promise.resolve(problem(503, 'overloaded')), 'busy'],
    ['a door that wants a sign-in', () => Promise.resolve(problem(401, 'not-signed-in')), 'sign-in'],
    ['a receipt for something else', async () => json(201, { receipt: await door.receiptFor({ id: 'x', bodyHash: 'y' }) }), 'unverified'],
    ['a receipt that is none', () => Promise.resolve(json(201, { receipt: 'hello' })), 'unverified'],
  ] as const)('%s: the report stays, waits and is sent again', async (_name, answer, reason) => {
    const outbox = phone(door)
    const record = await saved(outbox)
    door.answer = answer
    const summary = await sendDue(outbox)
    const waiting = await onlyReport(outbox)
    expect(waiting).toMatchObject({ id: record.id, attempts: 1, received: null, attention: null, lease: null, retry: { reason } })
    expect(stateOf(waiting, outbox.clock.nowMs())).toBe('saved')
    expect(summary.nextDueAtMs).toBe(outbox.clock.nowMs() + 2_000)

    door.answer = door.accept
    await sendDue(outbox)
    expect(door.sent).toHaveLength(1)
    outbox.clock.advance(2_000)
    await sendDue(outbox)
    expect((await onlyReport(outbox)).received).not.toBeNull()
  })

  test('new evidence of a network sends at once, but never before the server asked for', async () => {
    const outbox = phone(door)
    await saved(outbox)
    door.answer = () => Promise.reject(new TypeError('Failed to fetch'))
    await sendDue(outbox)
    door.answer = () => Promise.resolve(problem(503, 'overloaded', {}, '120'))
    await sendDue(outbox, { wake: 'tap' })
    expect(door.sent).toHaveLength(2)
    outbox.clock.advance(119_000)
    door.answer = door.accept
    await sendDue(outbox, { wake: 'tap' })
    expect(door.sent).toHaveLength(2)
    outbox.clock.advance(31_000)
    await sendDue(outbox)
    expect(door.sent).toHaveLength(3)
  })

  test('no answer at all ends at 20 seconds, and the report is sent again', async () => {
    const outbox = phone(door)
    await saved(outbox)
    let aborted = false
    door.answer = (_body, signal) => {
      signal.addEventListener('abort', () => (aborted = true))
      return never()
    }
    const run = sendDue(outbox)
    await until(() => door.sent.length === 1)
    outbox.clock.advance(20_000)
    await run
    expect(aborted).toBe(true)
    expect((await onlyReport(outbox)).retry?.reason).toBe('timed-out')
  })

  test('without a network, or with a busy door, one report of many is the probe', async () => {
    const outbox = phone(door)
    await saved(outbox)
    await saved(outbox)
    door.answer = () => Promise.reject(new TypeError('Failed to fetch'))
    await sendDue(outbox)
    expect(door.sent).toHaveLength(1)
    door.answer = () => Promise.resolve(problem(503, 'overloaded'))
    await sendDue(outbox, { wake: 'tap' })
    expect(door.sent).toHaveLength(2)
    door.answer = door.accept
    await sendDue(outbox, { wake: 'tap' })
    expect(door.sent).toHaveLength(4)
  })

  test.each([
    [409, 'conflict', 'conflict'],
    [422, 'invalid', 'invalid'],
    [404, 'not-found', 'refused'],
  ])('%i in our own words: needs attention, is kept, and is not sent by itself', async (status, code, reason) => {
    const outbox = phone(door)
    const record = await saved(outbox)
    const errors = [{ field: '/place', rule: 'r', fix: 'f' }]
    door.answer = () => Promise.resolve(problem(status, code, { errors, traceId: 'trace' }))
    expect(await sendDue(outbox)).toEqual({ received: 0, nextDueAtMs: null })
    const kept = await onlyReport(outbox)
    expect(stateOf(kept, outbox.clock.nowMs())).toBe('needs-attention')
    expect(kept).toMatchObject({ id: record.id, attention: { reason, errors, traceId: 'trace' } })
    expect(kept.body).toEqual(record.body)
    outbox.clock.advance(365 * DAY_MS)
    await sendDue(outbox, { wake: 'tap' })
    expect(door.sent).toHaveLength(1)

    door.answer = door.accept
    await outbox.store.transact((contents) => retryAttention(contents, record.id))
    await sendDue(outbox)
    expect(door.sent[1]!.id).toBe(record.id)
    expect((await onlyReport(outbox)).received).not.toBeNull()
  })

  test('an unknown key is fetched, the answer verified, and the key kept for the next', async () => {
    const outbox = phone(door)
    await saved(outbox)
    await sendDue(outbox)
    expect(door.keyFetches).toBe(1)
    await saved(outbox)
    await sendDue(outbox)
    expect(door.keyFetches).toBe(1)
    await door.rotateKey('key-2')
    await saved(outbox)
    await sendDue(outbox)
    expect(door.keyFetches).toBe(2)
    expect((await outbox.store.listReports()).every(({ received }) => received)).toBe(true)
  })

  test('keys that cannot be had, or a key that stays unknown: keeps sending', async () => {
    const outbox = phone(door)
    await saved(outbox)
    await sendDue(outbox)
    await door.rotateKey('key-2', { publish: false })
    const record = await saved(outbox)
    await sendDue(outbox)
    expect((await outbox.store.listReports()).find(({ id }) => id === record.id)?.retry?.reason).toBe('unverified')
    door.keysAnswer = () => Promise.resolve(html(200))
    await sendDue(outbox, { wake: 'tap' })
    door.keysAnswer = () => Promise.reject(new TypeError('Failed to fetch'))
    await sendDue(outbox, { wake: 'tap' })
    expect(door.sent.filter(({ id }) => id === record.id)).toHaveLength(3)
    expect(await outbox.store.readNote('receipt-keys')).toHaveLength(1)
  })

  test('received reports are forgotten after 30 days, and nothing else ever is', async () => {
    const outbox = phone(door)
    await saved(outbox)
    await sendDue(outbox)
    door.answer = () => Promise.resolve(problem(409, 'conflict'))
    const refused = await saved(outbox)
    await sendDue(outbox)
    door.answer = () => Promise.reject(new TypeError('Failed to fetch'))
    const waiting = await saved(outbox)
    outbox.clock.advance(29 * DAY_MS)
    await sendDue(outbox)
    expect(await outbox.store.listReports()).toHaveLength(3)
    outbox.clock.advance(700 * DAY_MS)
    await sendDue(outbox)
    expect((await outbox.store.listReports()).map(({ id }) => id).sort()).toEqual([refused.id, waiting.id].sort())
  })
})

describe('one sender at a time @outbox', () => {
  test.each([true, false])('fifty wake-ups at once, one send (Web Locks: %s)', async (hasLocks) => {
    const locks = hasLocks ? sharedLocks() : null
    const clock = manualClock()
    await saved(phone(door, { clock }))
    await Promise.all(Array.from({ length: 50 }, () => sendDue(phone(door, { clock, locks }), { wake: 'tap' })))
    expect(door.sent).toHaveLength(1)
  })

  test('a browser that refuses its locks sends without; a run that fails is not run again', async () => {
    const locks = { request: () => Promise.reject(new DOMException('Access denied', 'SecurityError')) }
    const outbox = phone(door, { locks })
    await saved(outbox)
    expect(await sendDue(outbox)).toMatchObject({ received: 1 })
    let uses = 0
    const store = { ...outbox.store, transact: () => Promise.reject(new Error(`use ${(uses += 1)}`)) }
    await expect(sendDue({ ...outbox, store, locks: sharedLocks() })).rejects.toThrow('use 1')
  })

  test('a busy sender is left alone; the other is told to look again soon, at the latest when its lease ends', async () => {
    const clock = manualClock()
    const locks = sharedLocks()
    const outbox = phone(door, { clock, locks })
    await saved(outbox)
    await saved(outbox)
    door.answer = never
    void sendDue(phone(door, { clock: manualClock(), locks }))
    await until(() => door.sent.length === 1)
    expect(await sendDue(phone(door, { clock, locks }), { wake: 'tap' })).toEqual({ received: 0, nextDueAtMs: clock.nowMs() + 5_000 })
    clock.advance(LEASE_MS - 1_000)
    expect(await sendDue(phone(door, { clock, locks }))).toEqual({ received: 0, nextDueAtMs: clock.nowMs() + 1_000 })
    expect(door.sent).toHaveLength(1)
  })

  test('a killed tab lets its lock go: the next sender takes over at once', async () => {
    const clock = manualClock()
    const locks = sharedLocks()
    const record = await saved(phone(door, { clock }))
    door.answer = never
    void sendDue(phone(door, { clock, locks }))
    await until(() => door.sent.length === 1)
    locks.releaseAll()
    door.answer = door.accept
    await sendDue(phone(door, { clock, locks }))
    expect(door.sent.map(({ id }) => id)).toEqual([record.id, record.id])
    expect((await onlyReport(phone(door))).received).not.toBeNull()
  })

  test('what a killed tab was sending is called sent no longer, also while its next try is not due', async () => {
    const clock = manualClock()
    const locks = sharedLocks()
    await saved(phone(door, { clock }))
    door.answer = () => Promise.reject(new TypeError('Failed to fetch'))
    await sendDue(phone(door, { clock, locks }))
    door.answer = never
    const sent = door.sent.length
    void sendDue(phone(door, { clock, locks }), { wake: 'tap' })
    await until(() => door.sent.length > sent)
    locks.releaseAll()
    await sendDue(phone(door, { clock, locks }))
    expect(stateOf(await onlyReport(phone(door)), clock.nowMs())).toBe('saved')
  })

  test('a tab that sends without the common lock is left alone while it lives, and holds nobody up when it is killed', async () => {
    const clock = manualClock()
    const locks = sharedLocks()
    const record = await saved(phone(door, { clock }))
    const another = () => void locks.request('stormdoor-outbox', { ifAvailable: true }, never)
    another()
    door.answer = never
    void sendDue(phone(door, { clock, locks }))
    await until(() => door.sent.length === 1)
    await Promise.all([sendDue(phone(door, { clock, locks })), sendDue(phone(door, { clock, locks }))])
    expect(door.sent).toHaveLength(1)

    locks.releaseAll()
    another()
    door.answer = door.accept
    await sendDue(phone(door, { clock, locks }))
    expect(door.sent.map(({ id }) => id)).toEqual([record.id, record.id])
    expect((await onlyReport(phone(door))).received).not.toBeNull()
  })

  test('a sender of an earlier release, which holds no lock of its own name, is left alone until its lease ends', async () => {
    const clock = manualClock()
    const outbox = phone(door, { clock, locks: sharedLocks() })
    const record = await saved(outbox)
    await outbox.store.transact(() => ({ put: [{ ...record, lease: { owner: 'earlier', untilMs: clock.nowMs() + LEASE_MS, lockHeld: false } }], result: undefined }))
    await sendDue(outbox)
    expect(door.sent).toHaveLength(0)
    clock.advance(LEASE_MS)
    await sendDue(outbox)
    expect(door.sent).toHaveLength(1)
  })

  test('a frozen tab keeps its lock, but not its lease; what it wakes up to say undoes nothing', async () => {
    const clock = manualClock()
    const locks = sharedLocks()
    await saved(phone(door, { clock }))
    const thawed = Promise.withResolvers<Answer>()
    door.answer = () => thawed.promise
    const frozenClock = manualClock()
    const frozen = sendDue(phone(door, { clock: frozenClock, locks }))
    await until(() => door.sent.length === 1)

    clock.advance(LEASE_MS - 1)
    await sendDue(phone(door, { clock, locks }))
    expect(door.sent).toHaveLength(1)
    clock.advance(1)
    door.answer = door.accept
    await sendDue(phone(door, { clock, locks }))
    expect(door.sent).toHaveLength(2)

    thawed.resolve(problem(404, 'not-found'))
    await frozen
    expect(await onlyReport(phone(door))).toMatchObject({ attention: null, received: { atMs: clock.nowMs() } })
  })

  test('a tab that was frozen between its claim and its send does not send on a lease that is over', async () => {
    const clock = manualClock()
    const outbox = phone(door, { clock })
    await saved(outbox)
    const { transact } = outbox.store
    let frozen = false
    outbox.store.transact = async (change) => {
      const result = await transact(change)
      if (!frozen && (await onlyReport(outbox)).lease) {
        frozen = true
        clock.advance(LEASE_MS)
        await sendDue(phone(door, { clock }))
      }
      return result
    }
    await sendDue(outbox)
    expect(door.sent).toHaveLength(1)
  })

  test('a refusal that comes after the lease was lost is not believed; a receipt is', async () => {
    const clock = manualClock()
    await saved(phone(door, { clock }))
    const answers: ((answer: Answer) => void)[] = []
    let body = new Uint8Array()
    door.answer = (bytes) => new Promise((resolve) => {
      body = bytes
      answers.push(resolve)
    })
    const first = sendDue(phone(door, { clock }))
    await until(() => answers.length === 1)
    clock.setWall(clock.nowMs() + LEASE_MS)
    const second = sendDue(phone(door, { clock }))
    await until(() => answers.length === 2)
    answers[0]!(problem(404, 'not-found'))
    await first
    expect(await onlyReport(phone(door))).toMatchObject({ attention: null, received: null })
    answers[1]!(await door.accept(body))
    await second
    expect((await onlyReport(phone(door))).received).not.toBeNull()
  })

  test('received stays as it was first received, whatever a late sender brings', async () => {
    const clock = manualClock()
    await saved(phone(door, { clock }))
    const late = Promise.withResolvers<Answer>()
    let body = new Uint8Array()
    door.answer = (bytes) => {
      body = bytes
      return late.promise
    }
    const slow = sendDue(phone(door, { clock: manualClock() }))
    await until(() => door.sent.length === 1)
    clock.setWall(clock.nowMs() + LEASE_MS)
    door.answer = door.accept
    await sendDue(phone(door, { clock }))
    const { received } = await onlyReport(phone(door))
    late.resolve(await door.accept(body))
    await slow
    expect((await onlyReport(phone(door))).received).toEqual(received)
  })

  test('a clock that was set back by minutes makes no hazard wait for them', async () => {
    const clock = manualClock()
    const outbox = phone(door, { clock })
    await saved(outbox, { hazards: ['fire'] })
    door.answer = () => Promise.reject(new TypeError('Failed to fetch'))
    await sendDue(outbox)
    clock.setWall(clock.nowMs() - 40 * 60_000)
    door.answer = door.accept
    await sendDue(outbox)
    expect((await onlyReport(outbox)).received).not.toBeNull()
  })

  test('a clock that was set back strands nothing: neither a lease nor a wait', async () => {
    const clock = manualClock()
    await saved(phone(door, { clock }))
    door.answer = never
    void sendDue(phone(door, { clock }))
    await until(() => door.sent.length === 1)
    clock.setWall(clock.nowMs() - 30 * DAY_MS)
    door.answer = () => Promise.resolve(problem(503, 'overloaded', {}, '3600'))
    await sendDue(phone(door, { clock }))
    expect(door.sent).toHaveLength(2)
    clock.setWall(clock.nowMs() - 30 * DAY_MS)
    door.answer = door.accept
    await sendDue(phone(door, { clock }))
    expect((await onlyReport(phone(door))).received).not.toBeNull()
  })
})
