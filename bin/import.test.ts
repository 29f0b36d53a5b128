import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../domain/clock.ts'
import { CUSTOMER_COLUMNS, customerColumns } from '../server/accounts/customer-columns.ts'
import type { EventLog } from '../server/platform/event-log/event-log.ts'
import { openEventLog } from '../server/platform/event-log/open-event-log.ts'
import { demoCustomers } from './demo/demo-customers.ts'
import { temporaryFolder } from './test-support/temporary-folder.ts'

const ROWS = 6_000
const lines = [...demoCustomers({ count: ROWS, seed: 7 })].map((account) => {
  const columns = { ...customerColumns(account), phones: account.personal.phones.join(';'), medical_equipment: account.personal.medicalEquipment ? 'yes' : 'no' }
  return CUSTOMER_COLUMNS.map((column) => columns[column] ?? '').join(',')
})
const customers = [CUSTOMER_COLUMNS.join(','), ...lines, ''].join('\n')

interface Ran {
  code: number | null
  stdout: string
  stderr: string
}

function run(command: 'import' | 'export', args: string[], folder: string, options: { input?: Buffer; started?: (kill: () => void) => void } = {}): Promise<Ran> {
  const env = { ...process.env, STORMDOOR_DATA: join(folder, 'data'), EVENT_LOG_URL: '' }
  const child = spawn(process.execPath, [join(import.meta.dirname, `${command}.ts`), ...args], { cwd: folder, env, stdio: 'pipe' })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  child.stdin.on('error', () => undefined)
  child.stdin.end(options.input)
  options.started?.(() => void child.kill('SIGKILL'))
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

/** Calls back once the log has more than `events` accounts; at -1 at once, before anything is read. */
async function onceLogged(log: EventLog, events: number, signal: AbortSignal, then: () => void): Promise<void> {
  let seen = 0
  if (events >= 0) for await (const batch of log.read('accounts/0', null, { signal })) if ((seen += batch.length) > events) break
  if (!signal.aborted) then()
}

describe('npm run import and export', () => {
  it.each([['', [-1, 600, 2_900]], [' @full', [-1, 0, 600, 1_700, 2_900, 4_100]]] as const)('survives kill -9 at any point: the next run finishes, and no event is doubled%s', async (_, killedAfter) => {
    const whole = temporaryFolder()
    writeFileSync(join(whole, 'customers.csv'), customers)
    expect((await run('import', ['customers.csv'], whole)).code).toBe(0)
    const expected = (await run('export', [], whole)).stdout
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'customers.csv'), customers)
    mkdirSync(join(folder, 'data'))
    const log = await openEventLog({ url: `sqlite:${join(folder, 'data', 'event-log.sqlite')}`, clock: systemClock, region: 'test', node: 'test' })
    for (const events of killedAfter) {
      const ended = new AbortController()
      let watched = Promise.resolve()
      const ran = await run('import', ['customers.csv'], folder, {
        started: (kill) => {
          watched = onceLogged(log, events, ended.signal, kill)
        },
      })
      ended.abort()
      await watched
      expect(ran.code, `killed after ${events} events`).toBeNull()
    }
    expect((await run('import', ['customers.csv'], folder)).code).toBe(0)
    expect(await log.statistics('accounts')).toEqual({ events: ROWS, distinctIds: ROWS, conflicts: 0 })
    await log.close()
    expect((await run('export', [], folder)).stdout).toBe(expected)
    const again = await run('import', ['--json', 'customers.csv'], folder)
    expect(JSON.parse(again.stdout)).toMatchObject({ rows: ROWS, loaded: 0, unchanged: ROWS, rejectsFile: null })
  }, 120_000)

  it('reads gzip from standard input, puts rejects into the working folder and says so by exit code 1', async () => {
    const folder = temporaryFolder()
    const some = customers.split('\n').slice(0, 4).join('\n')
    const ran = await run('import', ['-', '--json'], folder, { input: gzipSync(`${some}\n${lines[9]!.replace('@', ' at ')},\n`) })
    expect(ran.code).toBe(1)
    expect(JSON.parse(ran.stdout)).toMatchObject({ rows: 4, loaded: 3, rejected: 1, rejectsFile: join(folder, 'customers.rejects.csv') })
    expect(readFileSync(join(folder, 'customers.rejects.csv'), 'utf8')).toContain('\n5,row,has 21 cells')
    writeFileSync(join(folder, 'out.ndjson.4194304.partial'), 'left by a killed run')
    const file = await run('export', ['out.ndjson', '--format', 'ndjson'], folder)
    expect([file.code, file.stderr]).toEqual([0, '3 accounts exported\n'])
    expect(readFileSync(join(folder, 'out.ndjson'), 'utf8').trim().split('\n')).toHaveLength(3)
    expect(readdirSync(folder).toSorted()).toEqual(['customers.rejects.csv', 'data', 'out.ndjson'])
  })

  it('loads the sample of the documentation', async () => {
    const folder = temporaryFolder()
    const ran = await run('import', [join(import.meta.dirname, '..', 'docs', 'customers.sample.csv'), '--json', '--rejects', 'rejects.csv'], folder)
    expect([ran.code, JSON.parse(ran.stdout)]).toMatchObject([0, { rows: 3, loaded: 3, rejected: 0 }])
  })

  it('ends with exit code 2 and a message when nothing can be read', async () => {
    const folder = temporaryFolder()
    const missing = await run('import', ['no-such.csv'], folder)
    expect([missing.code, missing.stderr]).toEqual([2, `There is no file ${join(folder, 'no-such.csv')}\n`])
    writeFileSync(join(folder, 'customers.rejects.csv'), customers)
    const same = await run('import', ['customers.rejects.csv', '--rejects', './customers.rejects.csv'], folder)
    expect([same.code, same.stderr.split('\n')[0]]).toEqual([2, 'The rejects file would overwrite the file that is read.'])
    expect((await run('export', ['--format', 'xml'], folder)).code).toBe(2)
  })
})
