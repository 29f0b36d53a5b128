import { expect, test } from 'vitest'
import { openStormLog, withPrefix } from './storm-log.ts'

const open = (given: string | undefined) => openStormLog({ kafka: false, given, folder: '/nowhere', say: () => {} })

test('a storm never writes where somebody else does', async () => {
  expect(withPrefix('kafka://a:9092,b:9092', 'storm-1')).toBe('kafka://a:9092,b:9092/storm-1')
  expect(withPrefix('kafka://a:9092/ours?partitions=3&sasl=plain', 'storm-1')).toBe('kafka://a:9092/storm-1?partitions=3&sasl=plain')
  expect((await open('sqlite:/somewhere/event-log.sqlite')).env).toEqual({})
  const [one, other] = await Promise.all([open('kafka://a:9092/ours'), open('kafka://a:9092/ours')])
  expect(one.env.EVENT_LOG_URL).toMatch(/^kafka:\/\/a:9092\/storm-[0-9a-f]{8}$/)
  expect(one.env).not.toEqual(other.env)
})
