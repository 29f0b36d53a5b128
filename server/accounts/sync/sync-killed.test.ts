import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { CORE_TOKEN, coreRows, ownCoreSim } from '../../../bin/test-support/own-core-sim.ts'
import { questionsTo } from '../../../bin/test-support/own-sync.ts'
import { temporaryFolder } from '../../../bin/test-support/temporary-folder.ts'
import { systemClock } from '../../../domain/clock.ts'
import type { AccountsSynced } from '../../../domain/operations.ts'
import { seededFraction } from '../../../processes/projector/sample-events.ts'
import type { EventLog } from '../../platform/event-log/event-log.ts'
import { openEventLog } from '../../platform/event-log/open-event-log.ts'

const ROWS_PER_PAGE = 20
const CHANGES = 60

async function runsIn(log: EventLog): Promise<AccountsSynced[]> {
  const runs: AccountsSynced[] = []
  for await (const batch of log.read('ops/0', null, { signal: new AbortController().signal, follow: false })) {
    for (const { envelope } of batch) if (envelope.type === 'accounts.synced.v1') runs.push(envelope.data as AccountsSynced)
  }
  return runs
}

it.each<[seed: number, kills: number, accounts: number, mark: string]>([
  [1, 1, 100, ''],
  [2, 4, 400, ' @full'],
  [3, 6, 400, ' @full'],
])(
  'goes on at the page where it was killed, in the load and in the feed: no page is asked for twice but the one under way; seed %i, %i kills, %i accounts @sync%s',
  async (seed, kills, accounts, _mark) => {
    const pages = accounts / ROWS_PER_PAGE
    const core = await ownCoreSim(accounts)
    const folder = temporaryFolder()
    const url = `sqlite:${join(folder, 'event-log.sqlite')}`
    const log = await openEventLog({ url, clock: systemClock, region: 'test', node: 'test' })
    const fraction = seededFraction(seed)
    let child: ChildProcess | null = null
    const start = (): void => {
      const env = { ...process.env, STORMDOOR_ENV: 'test', CORE_SYSTEM_URL: core.url, CORE_SYSTEM_TOKEN: CORE_TOKEN }
      child = spawn(process.execPath, [join(import.meta.dirname, 'sync-until-killed.fixture.ts'), url, join(folder, 'index.sqlite'), join(folder, 'sync')], { env, stdio: 'inherit' })
    }
    const killAt: number[] = Array.from({ length: kills }, () => 1 + Math.floor(fraction() * (pages / kills)))
    let died: Promise<unknown> | null = null
    let inPhase = 0
    const asked = questionsTo(core, (path) => {
      if (!path.includes('limit=') || killAt.length === 0 || ++inPhase < killAt[0]!) return
      killAt.shift()
      inPhase = 0
      died = once(child!, 'close')
      child!.kill('SIGKILL')
    })
    const untilDead = async (): Promise<void> => {
      await vi.waitFor(() => expect(died).not.toBeNull(), { timeout: 30_000, interval: 5 })
      await died
      died = null
    }
    const pagesAsked = (kind: string) => {
      const answered = asked.filter((path) => path.includes(kind) && path.includes('limit='))
      return { distinct: new Set(answered).size, again: answered.length - new Set(answered).size }
    }
    try {
      for (let killed = 0; killed < kills; killed++) {
        start()
        await untilDead()
      }
      start()
      const [run] = await vi.waitFor(async () => {
        const runs = await runsIn(log)
        expect(runs.length).toBeGreaterThan(0)
        return runs
      }, { timeout: 30_000, interval: 20 })
      expect(run).toMatchObject({ kind: 'full', outcome: 'applied', rows: accounts, rejected: 0 })
      expect(pagesAsked('/accounts?')).toEqual({ distinct: pages, again: kills })
      expect(asked.filter((path) => path.endsWith('/account-snapshot')).length).toBeLessThanOrEqual(2)
      expect(await log.statistics('accounts')).toEqual({ events: accounts, distinctIds: accounts, conflicts: 0 })

      asked.length = 0
      killAt.push(2)
      core.history.append(coreRows(CHANGES).map((row) => ({ accountNumber: row.accountNumber, row: { ...row, name: 'Changed' } })))
      await untilDead()
      start()
      // Each is told twice: what it changes, and what the account is then.
      await vi.waitFor(async () => expect(await log.statistics('accounts')).toMatchObject({ events: accounts + 2 * CHANGES }), { timeout: 30_000, interval: 20 })
      await vi.waitFor(async () => expect((await runsIn(log)).at(-1)).toMatchObject({ kind: 'changes', outcome: 'applied', loaded: CHANGES - ROWS_PER_PAGE, unchanged: 0 }), { timeout: 30_000, interval: 20 })
      expect(pagesAsked('/account-changes').again).toBe(1)
      expect(await log.statistics('accounts')).toEqual({ events: accounts + 2 * CHANGES, distinctIds: accounts + 2 * CHANGES, conflicts: 0 })
    } finally {
      if (child && (child as ChildProcess).exitCode === null && (child as ChildProcess).signalCode === null) {
        const closed = once(child, 'close')
        ;(child as ChildProcess).kill('SIGKILL')
        await closed
      }
      await log.close()
    }
  },
  120_000,
)
