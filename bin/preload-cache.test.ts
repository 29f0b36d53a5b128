import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { systemClock } from '../domain/clock.ts'
import { foldBatch } from '../processes/projector/fold-batch.ts'
import { createPostgresProjection } from '../processes/projector/postgres/postgres-projection.ts'
import { sampleAccount, sampleNewEvent } from '../processes/projector/sample-events.ts'
import type { Generation } from '../server/accounts/generations.ts'
import { openEventLog } from '../server/platform/event-log/open-event-log.ts'
import { freshDatabase } from './test-support/fresh-database.ts'
import { freshRedis } from './test-support/fresh-redis.ts'
import { temporaryFolder } from './test-support/temporary-folder.ts'

interface Ran {
  code: number
  out: string
  err: string
}

it('npm run preload builds a generation, flips back and forth, tells of each flip in the log, and what a generation takes @preload @full', async () => {
  const [databaseUrl, redisUrl] = [await freshDatabase(), await freshRedis()]
  const eventLogUrl = `sqlite:${temporaryFolder()}/event-log.sqlite`
  const preload = async (...args: string[]): Promise<Ran> => {
    const env = { ...process.env, DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, EVENT_LOG_URL: eventLogUrl }
    const child = spawn(process.execPath, [join(import.meta.dirname, 'preload.ts'), ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit') as Promise<[number]>])
    return { code, out, err }
  }
  const log = await openEventLog({ url: eventLogUrl, clock: systemClock, region: 'test', node: 'test' })
  try {
    await log.append(Array.from({ length: 30 }, (_, number) => sampleNewEvent(sampleAccount(number))))
    expect(await preload('--back')).toMatchObject({ code: 1, err: expect.stringMatching(/no generation to go back to/) as string })
    const projection = createPostgresProjection({ databaseUrl, logId: log.logId, clock: systemClock })
    let expected = await projection.load('accounts/0')
    for await (const records of log.read('accounts/0', null, { signal: AbortSignal.timeout(30_000), follow: false })) {
      const { position: next, envelope } = records.at(-1)!
      await projection.apply({ partition: 'accounts/0', expected, next, newestAt: envelope.time }, foldBatch(records))
      expected = next
    }
    await projection.close()

    const warm = await preload('--warm', '--json')
    expect(warm).toMatchObject({ code: 0, err: '' })
    const built = JSON.parse(warm.out) as { generation: string }
    expect(built).toMatchObject({ flipped: true, accounts: 30, previous: '0' })
    const status = JSON.parse((await preload('--status', '--json')).out) as { generations: (Generation & { bytesPerAccount: number })[] }
    expect(status.generations).toMatchObject([{ role: 'live', generation: built.generation, accounts: 30 }, { role: 'pinned', generation: '0', bytesPerAccount: null }])
    expect(await preload('--back')).toMatchObject({ code: 0, out: expect.stringContaining(`${built.generation} is pinned`) as string })
    expect(await preload('--warm', '--back')).toMatchObject({ code: 1, err: expect.stringContaining('Usage:') as string })

    const told: unknown[] = []
    for await (const records of log.read('ops/0', null, { signal: AbortSignal.timeout(30_000), follow: false })) told.push(...records.map(({ envelope }) => envelope.data))
    expect(told).toMatchObject([{ why: 'warm', generation: built.generation, previous: '0', accounts: 30 }, { why: 'back', generation: '0', previous: built.generation }])
  } finally {
    await log.close()
  }
}, 90_000)
