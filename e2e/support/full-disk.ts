import { execFileSync } from 'node:child_process'

/**
 * While `work` runs the process can write no byte into any file, as on a disk with no room left. Reading goes on.
 * The hard limit stays, so that who has set it may lift it again; the signal that comes with it is one that Node ignores.
 */
export async function whileDiskIsFull<T>(pid: number, work: () => Promise<T>): Promise<T> {
  limitFileSize(pid, '0')
  try {
    return await work()
  } finally {
    limitFileSize(pid, 'unlimited')
  }
}

function limitFileSize(pid: number, bytes: string): void {
  execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:unlimited`])
}
