import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { lagWords, ownedWords, processStatus } from './process-status.ts'

const owned = (group: string, partition: string) => ({ group, partition, epoch: '1', since: '2026-01-31T04:00:00.000Z' })

test('what a process owns and lags behind fits into a line @supervisor @nodes', () => {
  const partitions = ['outages/5', 'outages/0', 'accounts/2', 'outages/1', 'outages/2', 'outages/10'].map((partition) => owned('projector', partition))
  expect(ownedWords({ owned: [...partitions, owned('reactors-matching', 'outages/0')] })).toBe('projector accounts/2 outages/0-2,5,10; reactors-matching outages/0')
  expect(ownedWords({ owned: [] })).toBe('')
  const lag = (consumer: string, partition: string, records: number) => ({ consumer, partition, records })
  expect(lagWords({ lags: [lag('redis', 'outages/0', 0), lag('postgres', 'outages/0', 7), lag('postgres', 'accounts/0', 5)] })).toBe('postgres 12, redis 0')
})

test('a process says of itself what it owns; a silent one is not ready @supervisor @nodes', async () => {
  const status = { process: 'projector', node: 'projector-2', ready: true, owned: [owned('projector', 'outages/0')], lags: [] }
  const server = createServer((_request, response) => response.end(JSON.stringify(status)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  expect(await processStatus(port)).toEqual({ ready: true, owned: status.owned, lags: [] })
  expect(await processStatus(9)).toEqual({ ready: false, owned: [], lags: [] })
})
