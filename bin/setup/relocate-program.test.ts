import { mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../test-support/temporary-folder.ts'
import { belowWorkingDirectory, relocateProgram } from './relocate-program.ts'
import { runProgram } from './run-program.ts'
import { SetupError } from './setup-error.ts'

const path = '/usr/lib/somewhere/with-its-parts-1.0'

function program(words: string) {
  const folder = temporaryFolder()
  const from = join(folder, 'program')
  writeFileSync(from, words, 'latin1')
  return { folder, from, to: join(folder, 'relocated', 'program') }
}

describe('a program that looks for its parts in a fixed place', () => {
  test('gets a copy of the same length that looks elsewhere, wherever the path starts a string', () => {
    const { from, to } = program(`ab\0${path}\0cd\0${path}/inside\0see ${path}`)
    const instead = belowWorkingDirectory('parts', path.length)
    relocateProgram({ from, to, path, instead })
    expect(readFileSync(to, 'latin1')).toBe(`ab\0${instead}\0cd\0${instead}/inside\0see ${path}`)
    expect(statSync(to).mode & 0o111).toBe(0o111)
  })

  test('is copied again when it is another one, and not before', () => {
    const { from, to } = program(`\0${path}\0one`)
    const instead = belowWorkingDirectory('parts', path.length)
    relocateProgram({ from, to, path, instead })
    const first = statSync(to).ino
    relocateProgram({ from, to, path, instead })
    expect(statSync(to).ino).toBe(first)
    writeFileSync(from, `\0${path}\0two`)
    utimesSync(from, 1_000_000, 1_000_000)
    relocateProgram({ from, to, path, instead })
    expect(readFileSync(to, 'latin1')).toContain('two')
  })

  test('is refused when the path is not in it', () => {
    const { from, to } = program('of another version')
    expect(() => relocateProgram({ from, to, path, instead: belowWorkingDirectory('parts', path.length) })).toThrow(SetupError)
  })

  test('finds what is in the folder that it was started in', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'parts'))
    writeFileSync(join(folder, 'parts', 'one'), 'found')
    const { stdout } = await runProgram('cat', [`${belowWorkingDirectory('parts', 60)}/one`], { cwd: folder })
    expect(stdout).toBe('found')
    expect(belowWorkingDirectory('parts', 60)).toHaveLength(60)
  })
})
