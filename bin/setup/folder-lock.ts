import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'

const retryEveryMs = 200

/**
 * Takes the lock of a folder if it is free; null when another process holds it.
 * SQLite's file lock belongs to the process: the kernel releases it however that process ends.
 */
export function tryLockFolder(folder: string, name = 'lock'): (() => void) | null {
  mkdirSync(folder, { recursive: true })
  const database = new DatabaseSync(join(folder, `${name}.sqlite`))
  try {
    database.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (error instanceof Error && /locked|busy/i.test(error.message)) return null
    throw error
  }
  return () => {
    if (database.isOpen) database.close()
  }
}

/** Waits for the lock of a folder, saying so once, and runs the work under it. */
export async function withFolderLock<T>(folder: string, waitingFor: string, work: () => Promise<T>, name?: string): Promise<T> {
  let release = tryLockFolder(folder, name)
  if (!release) console.log(`Another command is at it (${waitingFor}); waiting for it …`)
  while (!release) {
    await delay(retryEveryMs)
    release = tryLockFolder(folder, name)
  }
  try {
    return await work()
  } finally {
    release()
  }
}
