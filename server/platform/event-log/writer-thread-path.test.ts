import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writerThreadPath } from './writer-thread-path.ts'

const PROJECT = resolve(import.meta.dirname, '../../..')
const run = promisify(execFile)
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stormdoor-bundle-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** A program in one file, far from the sources, that opens a log and appends to it. */
async function bundle(): Promise<string> {
  const entry = join(folder, 'entry.ts')
  const here = JSON.stringify(import.meta.dirname)
  writeFileSync(
    entry,
    `import { openEventLog } from ${here.slice(0, -1)}/open-event-log.ts"
     import { matchedEvent } from ${here.slice(0, -1)}/matched-event.fixture.ts"
     const clock = { nowMs: () => Date.now() }
     const log = await openEventLog({ url: 'sqlite:' + process.argv[2], clock, region: 'test', node: 'bundled' })
     const [answer] = await log.append([matchedEvent('north')])
     await log.close()
     console.log(answer.outcome)`,
  )
  const outfile = join(folder, 'bundle.mjs')
  await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' })
  return outfile
}

test('stands beside this file', () => {
  expect(basename(writerThreadPath())).toBe('log-writer-thread.ts')
})

test('is found from within a bundle that is run in the project or below it', async () => {
  const program = await bundle()
  for (const cwd of [PROJECT, join(PROJECT, 'server')]) {
    const { stdout } = await run(process.execPath, [program, join(folder, 'event-log.sqlite')], { cwd })
    expect(stdout).toBe('appended\n')
  }
})

test('is missed in plain words from elsewhere', async () => {
  const program = await bundle()
  await expect(run(process.execPath, [program, join(folder, 'event-log.sqlite')], { cwd: folder })).rejects.toMatchObject({
    stderr: expect.stringContaining('is not in the folder that Stormdoor was started in'),
  })
})
