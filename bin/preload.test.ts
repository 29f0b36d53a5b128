import { execFile, spawn } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { countAccounts } from '../server/accounts/account-cache.ts'
import { listGenerations } from '../server/accounts/generations.ts'
import { projectFolder } from './setup/project-folder.ts'
import { startStack } from './supervisor/start-stack.ts'
import { temporaryFolder } from './test-support/temporary-folder.ts'

const ACCOUNTS = 300
const run = promisify(execFile)

interface Told {
  code: number
  stdout: string
}

async function command(name: string, dataDir: string, ...args: string[]): Promise<Told> {
  const env = { ...process.env, STORMDOOR_DATA: dataDir }
  return run(process.execPath, [join(projectFolder, `bin/${name}.ts`), ...args], { env }).then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: Error & { code: number; stdout: string; stderr: string }) => ({ code: error.code, stdout: error.stdout + error.stderr }),
  )
}

test('npm run preload -- --full brings every account of the core system into a new generation of the cache, and refuses what it does not believe @sync @commands @full', async () => {
  const dataDir = temporaryFolder()
  expect(await command('preload', dataDir, '--full')).toMatchObject({ code: 1, stdout: expect.stringContaining('npm start') as string })
  expect(await command('preload', dataDir)).toMatchObject({ code: 1, stdout: expect.stringContaining('Usage:') as string })
  const stack = await startStack({ dataDir, processes: ['postgres', 'redis', 'core-sim', 'projector', 'sync'], coreAccounts: ACCOUNTS })
  const redis = new Redis(stack.env['REDIS_URL']!)
  onTestFinished(async () => {
    redis.disconnect()
    await stack.stop()
  })
  expect(await command('core', dataDir, 'change', '10'), 'some change').toMatchObject({ code: 0 })
  const first = JSON.parse((await command('preload', dataDir, '--full', '--json', '--accept-difference')).stdout) as object
  expect(first).toMatchObject({ kind: 'full', outcome: expect.stringMatching(/applied|unchanged/) as string })
  const { counts: { accounts } } = JSON.parse((await command('core', dataDir, '--json')).stdout) as { counts: { accounts: number } }
  expect(await countAccounts(redis)).toBe(accounts)
  const generations = await listGenerations(redis)
  expect(generations.map(({ role }) => role)).toEqual(['live', 'pinned'])
  expect(generations[0]).toMatchObject({ accounts, validatedAt: expect.any(String) as string })

  expect(await command('core', dataDir, 'wrong', '--kind', 'fewer')).toMatchObject({ code: 0 })
  const refused = await command('preload', dataDir, '--full')
  expect(refused.code).toBe(1)
  expect(refused.stdout).toMatch(/Refused: nothing was loaded[\s\S]*too-many-missing missing \d+, known \d+, share 0\.\d+/)
  expect((await listGenerations(redis))[0]!.generation).toBe(generations[0]!.generation)
  expect(await countAccounts(redis)).toBe(accounts)

  const sample = join(projectFolder, 'docs/customers.sample.csv')
  expect((await command('import', dataDir, sample, '--rejects', join(dataDir, 'rejects.csv'))).stdout).toContain('The core system has the last word')
  expect(await command('core', dataDir, 'dead')).toMatchObject({ code: 0 })
  expect(await saysSoon('the core system does not answer', 'preload', dataDir, '--full')).toBe(true)
}, 180_000)

/** Interrupted when it has said so on standard error. @returns whether it did */
function saysSoon(words: string, name: string, dataDir: string, ...args: string[]): Promise<boolean> {
  const child = spawn(process.execPath, [join(projectFolder, `bin/${name}.ts`), ...args], { env: { ...process.env, STORMDOOR_DATA: dataDir }, timeout: 60_000 })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
    if (said.includes(words)) child.kill('SIGINT')
  })
  return new Promise((resolve) => {
    child.on('close', () => resolve(said.includes(words)))
  })
}
