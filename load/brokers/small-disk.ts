import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const BLOCK_BYTES = 1024 * 1024
const PROBE_BYTES = 1024 * 1024

/**
 * Prefix of a command for which `folder` is a disk of its own, of so many bytes; that disk is seen by nobody else and
 * goes with the command. Root needs no more than a mount namespace; others become root in one of their own, mount,
 * and then are themselves again.
 */
export function onSmallDisk(folder: string, bytes: number, uid = process.getuid?.() ?? 0, gid = process.getgid?.() ?? 0): [string, ...string[]] {
  const mount = `mount -t tmpfs -o size=${bytes},mode=0700 stormdoor "$1" && shift && exec`
  if (uid === 0) return ['unshare', '--mount', 'sh', '-c', `${mount} "$@"`, 'sh', folder]
  return ['unshare', '--map-root-user', '--mount', 'sh', '-c', `${mount} unshare --user --map-user=${uid} --map-group=${gid} -- "$@"`, 'sh', folder]
}

/** Null when this machine allows a small disk, else why not. */
export function smallDiskSupport(): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'stormdoor-disk-'))
  try {
    const [file, ...args] = [...onSmallDisk(folder, PROBE_BYTES), 'true']
    const { status, stderr, error } = spawnSync(file, args, { encoding: 'utf8' })
    if (status === 0) return null
    return `no small disk can be mounted here: ${error?.message ?? stderr.trim()}`
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Writes into the folder until its disk takes not one byte more. Anything but a full disk is thrown. */
export function fillDisk(folder: string): void {
  const file = openSync(ballastPath(folder), 'w', 0o600)
  try {
    for (let bytes = BLOCK_BYTES; bytes >= 1; ) {
      try {
        if (writeSync(file, Buffer.alloc(bytes, 0x5a)) < bytes) bytes = Math.floor(bytes / 2)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
        bytes = Math.floor(bytes / 2)
      }
    }
  } finally {
    closeSync(file)
  }
}

/** Takes away what fillDisk wrote. */
export function freeDisk(folder: string): void {
  rmSync(ballastPath(folder), { force: true })
}

function ballastPath(folder: string): string {
  return join(folder, 'ballast')
}
