import { expect, test } from 'vitest'
import { linkCookie } from './link-cookie.ts'

const token = 'a'.repeat(32)

test('a link’s token becomes a cookie of its page alone, out of reach of scripts', () => {
  expect(linkCookie('/account/reset/new', token, true)).toEqual({
    name: 'stormdoor-customer.link-reset',
    value: token,
    options: { path: '/account/reset/new', maxAge: 1_800, httpOnly: true, sameSite: 'lax', secure: true },
  })
  expect(linkCookie('/account/invitation', token, false)?.options).toMatchObject({ path: '/account/invitation', secure: false })
})

test('nothing else does', () => {
  expect(linkCookie('/account/security', token, true)).toBeNull()
  expect(linkCookie('/account/reset/new', null, true)).toBeNull()
  expect(linkCookie('/account/reset/new', 'short', true)).toBeNull()
  expect(linkCookie('/account/reset/new', `${token}; domain=evil.example`, true)).toBeNull()
  expect(linkCookie('constructor', token, true)).toBeNull()
})
