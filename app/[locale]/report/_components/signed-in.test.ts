import { beforeEach, describe, expect, test, vi } from 'vitest'
import { openMemoryStore } from '../../../../worker/outbox/memory-store.ts'
import type { OutboxStore } from '../../../../worker/outbox/outbox-store.ts'
import { SignedIn } from './signed-in.ts'

const [HER, HIM] = ['login-1', 'login-2']
const HOUSE = { accountNumber: '4100 0000 17', line1: '12 Elm Street', city: 'Springfield' }
const customer = (loginId: string) => ({ loginId, premises: [HOUSE], asOf: '2026-01-31T04:00:00.000Z' })

let nowMs = 0
let store: OutboxStore
let signedIn: SignedIn
let asked: number
/** What the next question meets. */
let answer: () => Response | Promise<Response>

const json = (status: number, body: object, contentType = 'application/json') => new Response(JSON.stringify(body), { status, headers: { 'content-type': contentType } })
const notSignedIn = () => json(401, { type: 'urn:stormdoor:problem:not-signed-in', title: 'Sign in first', status: 401 }, 'application/problem+json')
const setCookie = (loginId: string | null, sinceMs = 1) => void (document.cookie = loginId === null ? '' : `lang=en; stormdoor-customer.here=${loginId}.${sinceMs}`)
/** As kept after a question, by default before the cookie was set. */
const keep = (loginId: string | null, sinceMs = 0) => store.writeNote('known-customer', { customer: loginId && customer(loginId), sinceMs })
/** What the page writes; a real browser leaves the attributes away. */
const cookieNow = () => /^stormdoor-customer\.here=([^;]*)/.exec(document.cookie.replace('lang=en; ', ''))?.[1]

beforeEach(() => {
  vi.stubGlobal('document', { cookie: '' })
  vi.stubGlobal('location', { protocol: 'http:' })
  asked = 0
  vi.stubGlobal('fetch', async () => {
    asked += 1
    return answer()
  })
  answer = () => Promise.reject(new TypeError('no network'))
  store = openMemoryStore()
  signedIn = new SignedIn(store, () => nowMs)
})

describe('who is signed in on this phone @outbox', () => {
  test('nobody is asked about who is nobody: no cookie, nothing kept', async () => {
    expect(await signedIn.ask()).toBe(false)
    expect([asked, signedIn.now]).toEqual([0, { loginId: null, premises: [], hasLeft: false }])
  })

  test('places are asked for, kept, and offered without a network', async () => {
    setCookie(HER)
    answer = () => json(200, { ...customer(HER), more: 'than is known' })
    expect(await signedIn.ask()).toBe(true)
    expect(signedIn.now).toMatchObject({ loginId: HER, premises: [HOUSE] })
    answer = () => Promise.reject(new TypeError('no network'))
    const later = new SignedIn(store, () => nowMs)
    expect(await later.ask()).toBe(false)
    expect(later.now).toMatchObject({ loginId: HER, premises: [HOUSE] })
  })

  test('it is not asked at every look, but at once when somebody else is here', async () => {
    setCookie(HER)
    answer = () => json(200, customer(HER))
    await signedIn.ask()
    await signedIn.ask()
    expect(asked).toBe(1)
    setCookie(HIM, 2)
    answer = () => json(200, customer(HIM))
    await signedIn.ask()
    nowMs += 30_000
    await signedIn.ask()
    expect(asked).toBe(3)
  })

  test('the places of one are never offered to the next, also before anybody could be asked', async () => {
    await keep(HER)
    setCookie(HIM)
    expect(await signedIn.look()).toEqual({ loginId: HIM, premises: [], hasLeft: false })
  })

  test('a sign-out forgets, without a question', async () => {
    await keep(HER)
    setCookie('left')
    expect(await signedIn.look()).toEqual({ loginId: null, premises: [], hasLeft: true })
    expect(await signedIn.ask()).toBe(true)
    expect([asked, await store.readNote('known-customer'), signedIn.hasLapsed]).toEqual([0, { customer: null, sinceMs: 1 }, false])
  })

  test('a session that is over by the door’s own word forgets the places, and is known to have lapsed until somebody signs in', async () => {
    await keep(HER)
    setCookie(HER)
    answer = notSignedIn
    expect(await signedIn.ask()).toBe(true)
    expect([cookieNow(), await store.readNote('known-customer'), signedIn.now.loginId, signedIn.hasLapsed]).toEqual(['', { customer: null, sinceMs: 1 }, null, true])
    setCookie(HIM, 2)
    expect(signedIn.hasLapsed).toBe(false)
  })

  test.each([
    ['no network', () => Promise.reject(new TypeError('Failed to fetch'))],
    ['a sign-in page of another network', () => new Response('<!doctype html>', { status: 401, headers: { 'content-type': 'text/html' } })],
    ['a 401 of another’s', () => json(401, { error: 'guest' })],
    ['a page for an answer', () => new Response('<!doctype html>', { status: 200, headers: { 'content-type': 'text/html' } })],
    ['a server that knows nothing now', () => json(503, { type: 'urn:stormdoor:problem:unavailable', status: 503 }, 'application/problem+json')],
  ])('changes nothing: %s', async (_what, met) => {
    await keep(HER)
    setCookie(HER)
    answer = met
    expect(await signedIn.ask()).toBe(false)
    expect(signedIn.now).toMatchObject({ loginId: HER, premises: [HOUSE] })
  })

  test('an answer about whoever was here before is thrown away', async () => {
    setCookie(HER)
    const answers = [customer(HER), customer(HIM)]
    answer = () => {
      setCookie(HIM, 2)
      return json(200, answers.shift()!)
    }
    await signedIn.ask()
    expect(signedIn.now).toMatchObject({ loginId: HIM, premises: [HOUSE] })
    expect(await store.readNote('known-customer')).toMatchObject({ customer: { loginId: HIM }, sinceMs: 2 })
  })

  test('a browser that has lost the cookie alone goes by what was kept, and gets it back', async () => {
    await keep(HER)
    answer = () => json(200, customer(HER))
    await signedIn.ask()
    expect(cookieNow()).toBe(`${HER}.0`)
  })

  test('a browser that was killed and comes back with cookies of before goes by what was heard since', async () => {
    setCookie(HER, 1)
    await keep(HIM, 2)
    expect((await signedIn.look()).loginId).toBe(HIM)
    await keep(null, 2)
    expect((await signedIn.look()).loginId).toBeNull()
    await keep(null, 1)
    expect((await signedIn.look()).loginId, 'also when it was asked and told that the session is over').toBeNull()
  })

  test('a phone that keeps nothing knows it for as long as the page is open', async () => {
    const refuses = { readNote: () => Promise.reject(new Error('no disk')), writeNote: () => Promise.reject(new Error('no disk')) }
    signedIn = new SignedIn(refuses, () => nowMs)
    setCookie(HER)
    answer = () => json(200, customer(HER))
    await signedIn.ask()
    expect(await signedIn.look()).toMatchObject({ loginId: HER, premises: [HOUSE] })
  })
})
