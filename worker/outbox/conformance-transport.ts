import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Transport } from './outbox.ts'

/** What reached the door's side. */
export interface Reached {
  path: string
  body: Uint8Array
  headers: Readonly<Record<string, string | undefined>>
}

/** What the door's side does with a request: answers, never answers, or loses the connection. */
export type Reaction = { status: number; headers: Record<string, string>; text: string } | 'hang' | 'cut' | 'cut-within-body'

/** One network under test. */
export interface TransportUnderTest {
  transport: Transport
  reached: Reached[]
  /** From now on every request meets this. */
  reactWith(reaction: Reaction): void
  end(): Promise<void> | void
}

const PATH = '/api/v1/outage-reports'
const OK = { status: 201, headers: { 'content-type': 'application/json' }, text: '{"receipt":"r"}' }
const CUTS = ['cut', 'cut-within-body'] as const

/** What every `Transport` must do, whatever carries it. */
export function describeTransport(name: string, setUp: () => TransportUnderTest | Promise<TransportUnderTest>): void {
  describe(`a transport: ${name} @outbox`, () => {
    let network: TransportUnderTest
    let abort: AbortController
    beforeEach(async () => {
      network = await setUp()
      network.reactWith(OK)
      abort = new AbortController()
    })
    afterEach(() => network.end())

    const everyByte = () => Uint8Array.from({ length: 1024 }, (_, index) => index & 0xff)
    const post = (headers: Record<string, string> = {}) => network.transport.post(PATH, everyByte(), headers, abort.signal)
    const reached = async () => {
      while (network.reached.length === 0) await new Promise((resolve) => setImmediate(resolve))
    }

    test('carries the bytes unchanged to the path, with the headers, once', async () => {
      await network.transport.post(`${PATH}/an-id/follow-ups`, everyByte(), { 'report-secret': 'AbC-_9', 'report-attempt': '2' }, abort.signal)
      expect(network.reached).toHaveLength(1)
      const [{ path, body, headers }] = network.reached as [Reached]
      expect(path).toBe(`${PATH}/an-id/follow-ups`)
      expect(Array.from(body)).toEqual(Array.from(everyByte()))
      expect(headers).toMatchObject({ 'report-secret': 'AbC-_9', 'report-attempt': '2' })
    })

    test('the bytes are those of the call: what becomes of the array afterwards is not sent', async () => {
      const body = everyByte()
      const answer = network.transport.post(PATH, body, {}, abort.signal)
      body.fill(0)
      await answer
      expect(Array.from(network.reached[0]!.body)).toEqual(Array.from(everyByte()))
    })

    test('reads status, type, text and the headers that the outbox looks at', async () => {
      network.reactWith({
        status: 503,
        headers: {
          'content-type': 'application/problem+json', 'retry-after': '7',
          'send-slot': 'ticket', 'send-slot-ms': '6500', 'send-spread-ms': '30000', 'server-time': '2026-01-31T04:00:00.000Z',
        },
        text: '{"title":"Volle Tür – später"}',
      })
      expect(await post()).toEqual({
        status: 503, contentType: 'application/problem+json', retryAfter: '7',
        slot: 'ticket', slotMs: '6500', spreadMs: '30000', serverTime: '2026-01-31T04:00:00.000Z', text: '{"title":"Volle Tür – später"}',
      })
    })

    test('says null for headers that are not there', async () => {
      expect(await post()).toEqual({ status: 201, contentType: 'application/json', retryAfter: null, slot: null, slotMs: null, spreadMs: null, serverTime: null, text: OK.text })
    })

    test.each([200, 400, 401, 409, 422, 429, 500, 511])('status %i is an answer and no error', async (status) => {
      network.reactWith({ status, headers: { 'content-type': 'text/html' }, text: '<!doctype html>' })
      expect(await post()).toMatchObject({ status, contentType: 'text/html', text: '<!doctype html>' })
    })

    test.each([301, 302, 303, 307, 308])('a redirect (%i) is not followed, and is no success', async (status) => {
      network.reactWith({ status, headers: { location: '/elsewhere' }, text: '' })
      const answer = await post()
      expect([0, status]).toContain(answer.status)
      expect(network.reached.map(({ path }) => path)).toEqual([PATH])
    })

    test.each(CUTS)('rejects when no whole answer came (%s)', async (cut) => {
      network.reactWith(cut)
      await expect(post()).rejects.toThrow()
      await expect(network.transport.fetchKeys(abort.signal)).rejects.toThrow()
    })

    test('ends at once when it is told to, with the reason', async () => {
      network.reactWith('hang')
      const reason = new Error('enough')
      const waiting = [post(), network.transport.fetchKeys(abort.signal)].map((one) => expect(one).rejects.toBe(reason))
      await reached()
      abort.abort(reason)
      await Promise.all(waiting)
    })

    test('does not begin when it is told to end before', async () => {
      const reason = new Error('enough')
      abort.abort(reason)
      await expect(post()).rejects.toBe(reason)
      expect(network.reached).toEqual([])
    })

    test('brings the published keys as they are answered', async () => {
      network.reactWith({ status: 200, headers: { 'content-type': 'application/jwk-set+json', 'server-time': '2026-01-31T04:00:00.000Z' }, text: '{"keys":[]}' })
      expect(await network.transport.fetchKeys(abort.signal)).toMatchObject({
        status: 200, contentType: 'application/jwk-set+json', serverTime: '2026-01-31T04:00:00.000Z', text: '{"keys":[]}',
      })
    })
  })
}
