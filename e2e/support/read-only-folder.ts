import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const isRoot = process.getuid?.() === 0

/** Why a folder cannot be made read-only here; null when it can. File modes do not bind root, who may mount instead. */
export function readOnlySupport(): string | null {
  if (!isRoot) return null
  const folder = mkdtempSync(join(tmpdir(), 'stormdoor-read-only-'))
  try {
    makeReadOnly(folder)()
    return null
  } catch {
    return 'root may not mount here, and file modes do not bind root'
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Nothing below the folder can be written or made until the returned function is called. */
export function makeReadOnly(folder: string): () => void {
  if (isRoot) {
    execFileSync('mount', ['--bind', folder, folder], { stdio: 'ignore' })
    execFileSync('mount', ['-o', 'remount,bind,ro', folder], { stdio: 'ignore' })
    return () => execFileSync('umount', [folder], { stdio: 'ignore' })
  }
  setModes(folder, 0o500, 0o400)
  return () => setModes(folder, 0o700, 0o600)
}

function setModes(folder: string, folderMode: number, fileMode: number): void {
  chmodSync(folder, 0o700)
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) setModes(path, folderMode, fileMode)
    else chmodSync(path, fileMode)
  }
  chmodSync(folder, folderMode)
}
