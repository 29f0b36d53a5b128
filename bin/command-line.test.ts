import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from './test-support/temporary-folder.ts'

interface Ran {
  code: number | string
  stdout: string
  stderr: string
}

function run(command: string, argument: string): Promise<Ran> {
  const env = { ...process.env, STORMDOOR_DATA: temporaryFolder(), EVENT_LOG_URL: '', DATABASE_URL: '', REDIS_URL: '' }
  return new Promise((resolve) => {
    execFile(process.execPath, [join(import.meta.dirname, `${command}.ts`), argument], { env }, (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }))
  })
}

describe('commands where nothing was started yet', () => {
  it('tell their usage when asked, and with a wrong argument', async () => {
    const [asked, wrong] = await Promise.all([run('log-status', '--help'), run('ps', '--jsom')])
    expect(asked).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Usage: npm run log:status/), stderr: '' })
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringMatching(/^\s*Unknown option '--jsom'\n\nUsage: npm run ps/) })
  }, 60_000)

  it('say what to start, when they ask stores', async () => {
    expect(await run('log-status', '--json')).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('Start it: npm start') })
  }, 60_000)
})
