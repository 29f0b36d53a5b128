import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { coreRows, ownCoreSim } from '../../../bin/test-support/own-core-sim.ts'
import { ownSync, questionsTo, type OwnSync } from '../../../bin/test-support/own-sync.ts'
import { temporaryFolder } from '../../../bin/test-support/temporary-folder.ts'
import { systemClock, systemRandom } from '../../../domain/clock.ts'
import type { AccountsSynced } from '../../../domain/operations.ts'
import { AccountsIndex } from '../accounts-index.ts'
import { requestFullLoad } from './request-full-load.ts'

const ACCOUNTS = 200

async function seen(sync: OwnSync, check: (runs: AccountsSynced[]) => void): Promise<void> {
  await vi.waitFor(async () => check(await sync.runs()), { timeout: 20_000, interval: 20 })
}

it('is run by one process of several; another one takes over where the log says, with its own disk, and nothing is doubled @sync @full', async () => {
  const core = await ownCoreSim(ACCOUNTS)
  const sync = await ownSync(core, { changesEverySeconds: 5, rowsPerPage: 5 })
  let pages = 0
  let first: { stop(): Promise<void> } | null = null
  const stopped: Promise<void>[] = []
  const asked = questionsTo(core, (path) => {
    if (path.includes('/accounts?') && ++pages === 10) stopped.push(first!.stop())
  })
  first = sync.start()
  const elsewhere = temporaryFolder()
  const index = new AccountsIndex(join(elsewhere, 'index.sqlite'), sync.log.logId)
  const second = sync.start({ folder: join(elsewhere, 'sync'), index })
  try {
    await seen(sync, (runs) => expect(runs.map(({ kind, outcome, loaded }) => `${kind} ${outcome} ${loaded}`)).toContain(`full applied ${ACCOUNTS}`))
    await Promise.all(stopped)
    // How many the first one asks for until it has let go, depends on the moment.
    const pagesAsked = asked.filter((path) => path.includes('/accounts?'))
    expect(new Set(pagesAsked).size).toBe(ACCOUNTS / 5)
    expect(pagesAsked.filter((path) => path === pagesAsked[0]).length, 'begun anew, from the first page').toBeGreaterThan(1)
    expect(new Set(await sync.accountEvents()).size).toBe(ACCOUNTS)

    core.history.append(coreRows(1).map((row) => ({ accountNumber: row.accountNumber, row: { ...row, name: 'Changed' } })))
    await seen(sync, (runs) => expect(runs.at(-1)).toMatchObject({ kind: 'changes', outcome: 'applied', loaded: 1 }))
    expect((await sync.accountEvents()).slice(ACCOUNTS)).toEqual([expect.stringContaining('account.changed.v1'), expect.stringContaining('account.upserted.v1')])
  } finally {
    await second.stop()
    index.close()
  }
}, 60_000)

it('without a core system fails what is asked for, with that reason @sync', async () => {
  const sync = await ownSync(null)
  sync.start()
  const runId = await requestFullLoad({ log: sync.log, clock: systemClock, random: systemRandom, by: 'test', acceptDifference: false })
  await seen(sync, (runs) => expect(runs).toMatchObject([{ runId, outcome: 'failed', reasons: [{ code: 'no-core-system' }] }]))
}, 60_000)
