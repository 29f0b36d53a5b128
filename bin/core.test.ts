import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
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
  await expect(core(dataDir, 'up')).rejects.toThrow(/does not run from .*Start it first: npm start/)
  const stack = await startStack({ dataDir, processes: ['core-sim'], coreAccounts: 30 })
  onTestFinished(() => stack.stop())
  const snapshot = () => fetch(`${stack.env['CORE_SYSTEM_URL']}/account-snapshot`, { headers: { authorization: `Bearer ${stack.env['CORE_SYSTEM_TOKEN']}` } })

  const { changesFrom } = (await (await snapshot()).json()) as { changesFrom: string }
  expect(await core(dataDir, 'change', '10')).toHaveProperty('newPhones')
  expect(((await (await snapshot()).json()) as { changesFrom: string }).changesFrom).not.toBe(changesFrom)
  expect(await core(dataDir, 'maintenance', '--minutes', '5')).toMatchObject({ mode: 'maintenance', url: stack.env['CORE_SYSTEM_URL'] })
  expect((await snapshot()).status).toBe(503)

  await stack.kill('core-sim')
  await expect(core(dataDir)).rejects.toThrow(/no stand-in for the core system at this moment/)
  await stack.start('core-sim')
  const again = await snapshot()
  expect(again.status, 'at the same address').toBe(200)
  expect(await again.json(), 'with what it held').not.toMatchObject({ accounts: 0 })
})
