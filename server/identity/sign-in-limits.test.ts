import { expect, test } from 'vitest'
import { freshRedis } from '../../bin/test-support/fresh-redis.ts'
import { TooManyRequestsError } from '../platform/errors.ts'
import { createRedis } from '../platform/redis.ts'
import { createSignInLimits } from './sign-in-limits.ts'

test('two web processes count together, and a right password clears the count', async () => {
  const redisUrl = await freshRedis()
  const clients = [0, 1].map(() => createRedis(redisUrl, { commandTimeoutMs: 2_000, connectionName: 'test' }))
  await Promise.all(clients.map((client) => client.ping().catch(() => new Promise((resolve) => client.once('ready', resolve)))))
  const [one, other] = clients.map((client) => createSignInLimits(client))
  try {
    for (let attempt = 0; attempt < 3; attempt++) await one!.take('a@example.com', '192.0.2.1')
    for (let attempt = 0; attempt < 3; attempt++) await other!.take('A@example.com ', '192.0.2.1')
    await expect(one!.take('a@example.com', '192.0.2.1')).rejects.toThrow(TooManyRequestsError)
    await one!.take('b@example.com', '192.0.2.1')
    await other!.giveBack('a@example.com', '192.0.2.1')
    await one!.take('a@example.com', '192.0.2.1')
  } finally {
    for (const client of clients) client.disconnect()
  }
})

test('with Redis dead the process counts by itself', async () => {
  const dead = createRedis('redis://127.0.0.1:1', { commandTimeoutMs: 200, connectionName: 'test' })
  const limits = createSignInLimits(dead)
  try {
    for (let attempt = 0; attempt < 6; attempt++) await limits.take('a@example.com', '192.0.2.1')
    await expect(limits.take('a@example.com', '192.0.2.1')).rejects.toThrow(TooManyRequestsError)
  } finally {
    dead.disconnect()
  }
})
