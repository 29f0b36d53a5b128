import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../test-support/temporary-folder.ts'
import { sourceFingerprint } from './source-fingerprint.ts'

test('a build is asked for by every source and by nothing else', () => {
  const project = temporaryFolder()
  const write = (path: string, text: string) => {
    mkdirSync(join(project, path, '..'), { recursive: true })
    writeFileSync(join(project, path), text)
    return sourceFingerprint(project)
  }
  const first = write('app/page.tsx', 'one')
  const changed = write('app/page.tsx', 'two')
  expect(changed).not.toBe(first)
  const locked = write('package-lock.json', '{}')
  expect(locked).not.toBe(changed)
  expect(write('app/page.test.tsx', 'a test')).toBe(locked)
  expect(write('public/sw.js', 'what the build writes')).toBe(locked)
  expect(write('docs/page.md', 'words')).toBe(locked)
  expect(write('app/page.tsx', 'one')).not.toBe(first)
})
