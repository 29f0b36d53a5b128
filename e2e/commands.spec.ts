import { execFile } from 'node:child_process'
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Portal } from './support/portal.ts'
import { expect, test } from './support/test.ts'

const run = promisify(execFile)

/** As `npm run <command>` does, against the portal that runs; the last line as JSON. */
async function command(portal: Portal, file: string, ...args: string[]): Promise<Record<string, unknown>> {
  const { stdout } = await run(process.execPath, [`bin/${file}.ts`, ...args], { env: { ...process.env, STORMDOOR_DATA: portal.stack.dataDir } })
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Record<string, unknown>
}

test.describe('the commands of the README, beside a running portal @commands', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stormdoor-commands-'))
  test.afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('ps names every process, ready', async ({ portal }) => {
    const { processes } = (await command(portal, 'ps', '--json')) as { processes: { name: string; pid: number; ready: boolean | null; restarts: number }[] }
    expect(processes.map(({ name }) => name).sort()).toEqual(['api', 'core-sim', 'postgres', 'projector', 'reactors', 'redis', 'search', 'sync', 'web'])
    for (const { name, pid, ready } of processes) {
      expect(pid, name).toBeGreaterThan(0)
      expect(ready, name).not.toBe(false)
    }
  })

  test('what is exported comes back unchanged, and a new customer is in both stores and in the rebuilt database', async ({ portal }) => {
    const file = join(folder, 'customers.csv')
    await run(process.execPath, ['bin/export.ts', file], { env: { ...process.env, STORMDOOR_DATA: portal.stack.dataDir } })
    const before = readFileSync(file, 'utf8')
    const [header, first] = before.split('\n')
    const number = header!.split(',').indexOf('account_number')
    const customer = first!.split(',').with(number, '4199999998').with(header!.split(',').indexOf('phones'), '')
    appendFileSync(file, `${customer.join(',')}\n`)
    expect(await command(portal, 'import', file, '--json')).toMatchObject({ loaded: 1, rejected: 0, unchanged: before.trim().split('\n').length - 1 })

    const accounts = before.trim().split('\n').length
    const rowsOf = async () => {
      const { projections } = (await command(portal, 'log-status', '--json')) as { projections: Record<string, { rows: Record<string, number> }> }
      return [projections['postgres']!.rows['account'], projections['redis']!.rows['account']]
    }
    await expect.poll(rowsOf).toEqual([accounts, accounts])

    const rebuilt = await command(portal, 'log-rebuild', '--json')
    expect(rebuilt).toMatchObject({ swapped: true })
    expect(await rowsOf()).toEqual([accounts, accounts])
  })
})
