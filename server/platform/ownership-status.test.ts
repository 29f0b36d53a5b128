import { afterEach, expect, test } from 'vitest'
import { startAdminServer, type AdminServer, type ProcessStatus } from './admin-server.ts'
import { ownedPartition } from './ownership-status.ts'

let admin: AdminServer | undefined
afterEach(() => admin?.close())

test('/status and the metrics tell what is owned, since when and how far behind, until it is let go', async () => {
  let reason: string | null = null
  admin = await startAdminServer('projector', 0, () => {
    if (reason) throw new Error(reason)
  })
  const get = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${admin!.port}${path}`)
  const status = async (): Promise<ProcessStatus> => (await (await get('/status')).json()) as ProcessStatus
  expect(await status()).toEqual({ process: 'projector', node: expect.any(String), ready: true, owned: [], lags: [] })

  const outages = ownedPartition('projector', 'outages/0', '01')
  const accounts = ownedPartition('projector', 'accounts/0', '07')
  outages.lag(5, 'projector-redis')
  accounts.lag(2)
  reason = 'the event log is not open yet'
  const since = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/)
  expect(await status()).toMatchObject({
    ready: false,
    owned: [{ group: 'projector', partition: 'accounts/0', epoch: '07', since }, { group: 'projector', partition: 'outages/0', epoch: '01', since }],
    lags: [{ consumer: 'projector', partition: 'accounts/0', records: 2 }, { consumer: 'projector-redis', partition: 'outages/0', records: 5 }],
  })
  const text = async (): Promise<string> => (await get('/metrics')).text()
  expect(await text()).toMatch(/stormdoor_owned_partition\{group="projector",partition="outages\/0"[^}]*\} 1/)
  expect(await text()).toMatch(/stormdoor_consumer_lag_records\{consumer="projector-redis",partition="outages\/0"[^}]*\} 5/)

  const again = ownedPartition('projector', 'outages/0', '02')
  again.lag(1, 'projector-redis')
  outages.release()
  outages.lag(9, 'projector-redis')
  expect(await text()).toMatch(/stormdoor_consumer_lag_records\{consumer="projector-redis",partition="outages\/0"[^}]*\} 1/)
  for (const { release } of [again, accounts]) release()
  expect(await status()).toMatchObject({ owned: [], lags: [] })
  expect(await text()).not.toMatch(/stormdoor_(owned_partition|consumer_lag_records)\{/)
})
