import { afterEach, expect, it, vi } from 'vitest'
import { accountsIndexPath } from './accounts-index.ts'

afterEach(() => vi.unstubAllEnvs())

it('keeps the index of an embedded log beside it, and of each other log in the data folder under a name of its own', () => {
  vi.stubEnv('STORMDOOR_DATA', '/somewhere/portal')
  expect(accountsIndexPath('sqlite:/elsewhere/event-log.sqlite')).toBe('/elsewhere/accounts-index.sqlite')
  const ours = accountsIndexPath('kafka://a:9092,b:9092/ours')
  expect(ours).toMatch(/^\/somewhere\/portal\/log-index\/accounts-[\w-]{12}\.sqlite$/)
  expect(accountsIndexPath('kafka://a:9092,b:9092/theirs')).not.toBe(ours)
})
