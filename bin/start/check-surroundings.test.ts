import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { freshDatabase } from '../test-support/fresh-database.ts'
import { freshRedis } from '../test-support/fresh-redis.ts'
import { checkGivenLog } from './check-log.ts'
import { checkGivenStores, checkPort, withoutPassword } from './check-surroundings.ts'

test('a taken port is refused with who holds it and how to choose another', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  await expect(checkPort(port, '127.0.0.1')).rejects.toThrow(new RegExp(`Port ${port} is taken by ".+" \\(pid ${process.pid}\\)[^]*PORT=${port + 1} npm start`))
})

test('stores that were named are asked, and one that is silent is named without its password', async () => {
  const [databaseUrl, redisUrl] = await Promise.all([freshDatabase(), freshRedis()])
  await checkGivenStores(databaseUrl, redisUrl)
  const dead = checkGivenStores('postgresql://me:hidden-word@127.0.0.1:9/portal', undefined)
  await expect(dead).rejects.toThrow(/DATABASE_URL points at postgresql:\/\/127\.0\.0\.1:9\/portal, which does not answer/)
  await expect(dead).rejects.not.toThrow(/hidden-word/)
  await expect(checkGivenStores(undefined, 'redis://:hidden-word@127.0.0.1:9/0')).rejects.toThrow(/REDIS_URL points at redis:\/\/127\.0\.0\.1:9\/0/)
})

test('a log on Kafka that cannot be reached is refused with its brokers, and no secret is ever shown', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  await checkGivenLog({ EVENT_LOG_URL: `kafka://127.0.0.1:9,127.0.0.1:${port}/prefix?partitions=3` })
  await checkGivenLog({ EVENT_LOG_URL: 'sqlite:/somewhere/event-log.sqlite' })
  await checkGivenLog({})
  await expect(checkGivenLog({ EVENT_LOG_URL: 'kafka://127.0.0.1:9,127.0.0.1:1' })).rejects.toThrow(/none of its brokers can be reached: 127\.0\.0\.1:9, 127\.0\.0\.1:1\.[^]*kafka:up/)
  await expect(checkGivenLog({ EVENT_LOG_URL: 'kafka://me:hidden-word@127.0.0.1:9' })).rejects.toThrow(/KAFKA_USERNAME/)
  await expect(checkGivenLog({ EVENT_LOG_URL: 'kafka://me:hidden-word@127.0.0.1:9' })).rejects.not.toThrow(/hidden-word/)
  await expect(checkGivenLog({ EVENT_LOG_URL: 'mysql://127.0.0.1:9' })).rejects.toThrow(/EVENT_LOG_URL/)
  expect(withoutPassword('kafka://a:9092,b:9092/storm?sasl=plain')).toBe('kafka://a:9092,b:9092/storm')
  expect(withoutPassword('kafka://me:hidden-word@a:9092,b:9092')).toBe('kafka://a:9092,b:9092')
})
