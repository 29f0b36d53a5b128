import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { projectFolder } from './setup/project-folder.ts'

const page = readFileSync(join(projectFolder, 'docs/security.md'), 'utf8')
const STATES = ['met', 'partly', 'not met', 'not applicable']
/** Sections of each chapter of ASVS 5.0, V1 first. */
const SECTIONS = [5, 4, 7, 4, 4, 8, 6, 4, 2, 7, 7, 3, 4, 3, 4, 5, 3]
const rows = page.split('\n').filter((line) => /^\| \d/.test(line)).map((line) => line.split(' | ').map((cell) => cell.replaceAll(/^\| | ?\|$/g, '').trim()))
const named = [...page.matchAll(/`([^`]+\.(?:test\.tsx?|spec\.ts))` › “([^”]+)”/g)].map(([, file, title]) => ({ file: file!, title: title! }))

describe('docs/security.md', () => {
  test('judges every section of the standard, in order and in its own words for it', () => {
    expect(rows.map(([section]) => section!.split(' ')[0])).toEqual(SECTIONS.flatMap((count, chapter) => Array.from({ length: count }, (_, section) => `${chapter + 1}.${section + 1}`)))
    for (const [section, state, how] of rows) {
      expect(STATES, section).toContain(state)
      expect(how, section).not.toBe('')
    }
  })

  test('names tests that are there, by file and title', () => {
    expect(named.length).toBeGreaterThan(60)
    expect(named.filter(({ file, title }) => !titlesOf(file).includes(title))).toEqual([])
  })

  test('names files that are there', () => {
    const files = [...page.matchAll(/`([\w./[\]-]+\/[\w.[\]-]*)`/g)].map(([, path]) => path!).filter((path) => !path.startsWith('/'))
    expect(files.filter((path) => !existsSync(join(projectFolder, path)))).toEqual([])
  })
})

const read = new Map<string, string[]>()

function titlesOf(file: string): string[] {
  const known = read.get(file)
  if (known) return known
  const path = join(projectFolder, file)
  const source = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const titles = Array.from(source.matchAll(/\((?<quote>['"`])(?<title>(?:\\.|(?!\k<quote>).)+)\k<quote>, (?:\{|async|\(|_)/g), ({ groups }) => groups!['title']!.replaceAll(/\\(.)/g, '$1'))
  read.set(file, titles)
  return titles
}
