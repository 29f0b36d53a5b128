import { existsSync } from 'node:fs'
import { Redis } from 'ioredis'
import { Client } from 'pg'
import { describe, expect, test } from 'vitest'
import { freshDatabase } from './fresh-database.ts'
import { freshRedis } from './fresh-redis.ts'
import { temporaryFolder } from './temporary-folder.ts'

describe('what each test gets for itself', () => {
  test('a migrated database that nobody else sees', async () => {
    const urls = await Promise.all([freshDatabase(), freshDatabase()])
    const [first, second] = urls.map((url) => new Client({ connectionString: url })) as [Client, Client]
    await Promise.all([first.connect(), second.connect()])
    try {
      await first.query('CREATE TABLE only_here (id int)')
      const records = await first.query<{ count: number }>('SELECT count(*)::int AS count FROM public._prisma_migrations')
      expect(records.rows[0]?.count).toBeGreaterThanOrEqual(1)
      await expect(second.query('SELECT * FROM only_here')).rejects.toThrow(/does not exist/)
    } finally {
      await Promise.all([first.end(), second.end()])
    }
  })

  test('a Redis database that nobody else sees', async () => {
    const [first, second] = (await Promise.all([freshRedis(), freshRedis()])).map((url) => new Redis(url)) as [Redis, Redis]
    try {
      await first.set('key', 'mine')
      expect(await first.get('key')).toBe('mine')
      expect(await second.get('key')).toBeNull()
    } finally {
      first.disconnect()
      second.disconnect()
    }
  })

  test('a folder', () => {
    expect(existsSync(temporaryFolder())).toBe(true)
    expect(temporaryFolder()).not.toBe(temporaryFolder())
  })
})
