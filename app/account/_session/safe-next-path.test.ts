import { expect, test } from 'vitest'
import { safeNextPath } from './safe-next-path.ts'

test.each(['/en/account', '/es/account', '/en/report', '/es/reports', '/account/security', '/account/invitation'])('goes back to %s', (path) => {
  expect(safeNextPath(path, 'en')).toBe(path)
})

test.each([
  undefined,
  '',
  ['/en/report'],
  '/desk',
  '/sign-in',
  '/account/sign-in',
  '//evil.example/en/account',
  '/\\evil.example',
  'https://evil.example/en/account',
  '/en/account?then=https://evil.example',
  '/en/account/../../desk',
  '/en/account\n',
  'javascript:alert(1)',
  `/en/account${'/'.repeat(1_000)}`,
])('goes to the account and not to %j', (asked) => {
  expect(safeNextPath(asked, 'es')).toBe('/es/account')
})
