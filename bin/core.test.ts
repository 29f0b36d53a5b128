import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { runningCoreSim } from './core/running-core-sim.ts'
import { projectFolder } from './setup/project-folder.ts'
import { startStack } from './supervisor/start-stack.ts'
import { temporaryFolder } from './test-support/temporary-folder.ts'

const run = promisify(execFile)

async function core(dataDir: string, ...args: string[]): Promise<unknown> {
  const { stdout } = await run(process.execPath, [join(projectFolder, 'bin/core.ts'), '--json', ...args], { env: { ...process.env, STORMDOOR_DATA: dataDir } })
  return JSON.parse(stdout)
}

test('npm run core switches the stand-in of the portal that runs, and says in words when none does @core @commands', async () => {
  const dataDir = temporaryFolder()
  expect(() => runningCoreSim(dataDir)).toThrow(/does not run from .*Start it first: npm start/)
  const stack = await startStack({ dataDir, processes: ['core-sim'], coreAccounts: 30 })
  onTestFinished(() => stack.stop())
  const snapshot = () => fetch(`${stack.env['CORE_SYSTEM_URL']}/account-snapshot`, { headers: { authorization: `Bearer ${stack.env['CORE_SYSTEM_TOKEN']}` } })

  const { changesFrom } = (await (await snapshot()).json()) as { changesFrom: string }
  expect(await core(dataDir, 'change', '10')).toHaveProperty('newPhones')
  expect(((await (await snapshot()).json()) as { changesFrom: string }).changesFrom).not.toBe(changesFrom)
  const payment = { paymentId: randomUUID(), accountNumber: '4100000017', amountCents: 100, currency: 'USD', capturedAt: '2026-01-31T12:00:00.000Z' }
  const pay = () => fetch(`${stack.env['CORE_SYSTEM_URL']}/payments/${payment.paymentId}`, {
    method: 'PUT', body: JSON.stringify(payment), headers: { authorization: `Bearer ${stack.env['CORE_SYSTEM_TOKEN']}`, 'content-type': 'application/json' },
  })
  expect((await pay()).status).toBe(201)

  expect(await core(dataDir, 'maintenance', '--minutes', '5')).toMatchObject({ mode: 'maintenance', url: stack.env['CORE_SYSTEM_URL'] })
  expect((await snapshot()).status).toBe(503)

  await stack.kill('core-sim')
  expect(() => runningCoreSim(dataDir)).toThrow(/no stand-in for the core system at this moment/)
  await stack.start('core-sim')
  expect(await (await snapshot()).json(), 'at the same address, with the accounts that it had').not.toMatchObject({ accounts: 0 })
  expect((await pay()).status, 'and with what it had taken').toBe(200)
})
