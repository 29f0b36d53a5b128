import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { onSmallDisk, smallDiskSupport } from './small-disk.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stormdoor-disk-test-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const PROBE = `
  import { appendFileSync, statfsSync } from 'node:fs'
  import { fillDisk, freeDisk } from '${join(import.meta.dirname, 'small-disk.ts')}'
  const folder = process.argv[1]
  const tryWrite = () => { try { appendFileSync(folder + '/segment', 'x'.repeat(5000)); return 'written' } catch (error) { return error.code } }
  const before = tryWrite()
  fillDisk(folder)
  const full = [tryWrite(), statfsSync(folder).bfree]
  freeDisk(folder)
  console.log(JSON.stringify({ before, full, after: tryWrite(), uid: process.getuid() }))
`

// Needs a namespace of its own, which a container may forbid: then the drill says so, too.
describe.skipIf(smallDiskSupport() !== null)('a small disk', () => {
  it('takes nothing more when it is full, takes on when it is freed, and goes with the command', () => {
    const [file, ...args] = [...onSmallDisk(folder, 4 * 1024 * 1024), process.execPath, '--input-type=module-typescript', '-e', PROBE, folder]
    const { stdout, stderr } = spawnSync(file, args, { encoding: 'utf8' })
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual({ before: 'written', full: ['ENOSPC', 0], after: 'written', uid: process.getuid?.() })
    expect(readdirSync(folder)).toEqual([])
  })
})
