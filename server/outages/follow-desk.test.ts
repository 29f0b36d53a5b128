import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { freshRedis } from '../../bin/test-support/fresh-redis.ts'
import { foldBatch } from '../../processes/projector/fold-batch.ts'
import { writeOutages } from '../../processes/projector/redis/write-outages.ts'
import { sampleEvent, sampleId, sampleRecords, sampleReport } from '../../processes/projector/sample-events.ts'
import { createReadSources } from '../platform/read-sources.ts'
import { createRedis } from '../platform/redis.ts'
import { followDesk } from './follow-desk.ts'

const within = { timeout: 20_000, interval: 20 }

/** A desk of a process of its own: what it was told, in order. */
function openDesk(redisUrl: string): string[] {
  const sources = createReadSources({ redisUrl, databaseUrl: 'postgres://x:x@127.0.0.1:9/x' })
  const leave = new AbortController()
  const seen: string[] = []
  const following = (async () => {
    for await (const { id } of followDesk(sources, leave.signal)) seen.push(id)
  })()
  onTestFinished(async () => {
    leave.abort()
    await following
    await sources.close()
  })
  return seen
}

async function projectorOf(redisUrl: string): Promise<(number: number) => Promise<void>> {
  const redis = createRedis(redisUrl, { commandTimeoutMs: 2_000, connectionName: 'test' })
  onTestFinished(() => redis.disconnect())
  await vi.waitFor(() => redis.ping(), within)
  return async (number) => {
    await writeOutages(redis, foldBatch(sampleRecords([sampleEvent(number, sampleReport(number))])))
  }
}

describe('the live desk over several processes @nodes', () => {
  it('hears each change in every process, and nothing of another portal on the same server', async () => {
    const [redisUrl, otherUrl] = await Promise.all([freshRedis(), freshRedis()])
    const [one, two, stranger] = [openDesk(redisUrl), openDesk(redisUrl), openDesk(otherUrl)]
    await vi.waitFor(() => expect([one, two, stranger]).toEqual([['*'], ['*'], ['*']]), within)
    const [fold, foldOther] = await Promise.all([projectorOf(redisUrl), projectorOf(otherUrl)])
    await fold(1)
    await foldOther(2)
    await vi.waitFor(() => expect([one, two, stranger]).toEqual([['*', sampleId(1)], ['*', sampleId(1)], ['*', sampleId(2)]]), within)
  })

  it('notices a server that went without a word, and is told that anything may have changed', async () => {
    const redisUrl = await freshRedis()
    const network = await silenceableNetwork(redisUrl)
    const desk = openDesk(network.url)
    await vi.waitFor(() => expect(desk).toEqual(['*']), within)
    const fold = await projectorOf(redisUrl)
    network.silence()
    await fold(1)
    await vi.waitFor(() => expect(desk.slice(1)).toContain('*'), within)
    expect(desk).not.toContain(sampleId(1))
    await fold(2)
    await vi.waitFor(() => expect(desk.at(-1)).toBe(sampleId(2)), within)
  })
})

/** A way to a server on which the open connections fall silent, as when its machine is gone; new ones work. */
async function silenceableNetwork(redisUrl: string): Promise<{ url: string; silence(): void }> {
  const target = new URL(redisUrl)
  const open: Socket[] = []
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname)
    near.pipe(far).pipe(near)
    for (const socket of [near, far]) socket.on('error', () => undefined)
    near.once('close', () => far.destroy())
    open.push(near, far)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of open) socket.destroy()
    server.close()
  })
  const url = new URL(redisUrl)
  url.port = String((server.address() as AddressInfo).port)
  return {
    url: url.href,
    silence: () => {
      for (const socket of open) socket.unpipe().pause()
    },
  }
}
