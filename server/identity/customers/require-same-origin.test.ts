import { expect, it } from 'vitest'
import { ForbiddenError } from '../../platform/errors.ts'
import { requireSameOrigin } from './require-same-origin.ts'

const publicUrl = 'https://portal.example/'
const asked = (headers: Record<string, string>) => () => requireSameOrigin(new Headers(headers), publicUrl)

it('takes a change from a page of the portal alone @identity', () => {
  const own: Record<string, string>[] = [{ 'sec-fetch-site': 'same-origin' }, { origin: 'https://portal.example' }, { origin: 'https://portal.example', 'sec-fetch-site': 'same-origin' }]
  for (const headers of own) expect(asked(headers)).not.toThrow()
  const strange: Record<string, string>[] = [
    {}, { 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }, { 'sec-fetch-site': 'none' }, { origin: 'null' }, { origin: 'https://portal.example.evil' }, { origin: 'http://portal.example' },
    { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' }, { origin: 'https://portal.example', 'sec-fetch-site': 'cross-site' },
  ]
  for (const headers of strange) expect(asked(headers)).toThrow(ForbiddenError)
})
