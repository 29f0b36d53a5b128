import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { temporaryFolder } from '../test-support/temporary-folder.ts'
import { tryLockFolder, withFolderLock } from './folder-lock.ts'

test('a folder is locked for one at a time', async () => {
  const folder = temporaryFolder()
  const release = tryLockFolder(folder)
  expect(release).not.toBeNull()
  expect(tryLockFolder(folder)).toBeNull()
  release?.()
  expect(await withFolderLock(folder, 'testing', () => Promise.resolve('done'))).toBe('done')
})

test('the lock of a killed process is free at once', async () => {
  const folder = temporaryFolder()
  const source = `const { tryLockFolder } = await import(${JSON.stringify(join(import.meta.dirname, 'folder-lock.ts'))}); globalThis.held = tryLockFolder(${JSON.stringify(folder)}); console.log('held'); setInterval(() => {}, 1000)`
  const holder = spawn(process.execPath, ['--input-type=module', '-e', source], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void holder.kill('SIGKILL'))
  await once(holder.stdout, 'data')
  expect(tryLockFolder(folder)).toBeNull()
  holder.kill('SIGKILL')
  await once(holder, 'exit')
  await vi.waitFor(() => {
    const release = tryLockFolder(folder)
    expect(release).not.toBeNull()
    release?.()
  }, { timeout: 20_000 })
})
