import { statfsSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'

/** Magic numbers of linux/magic.h. */
const FILE_SYSTEMS: Record<number, string> = { 0xef53: 'ext4', 0x58465342: 'xfs', 0x9123683e: 'btrfs', 0x01021994: 'tmpfs', 0x794c7630: 'overlay' }

/** What a number was measured on. */
interface Machine {
  cpu: string
  cores: number
  memoryGiB: number
  kernel: string
  node: string
  /** Where the event log lies. */
  fileSystem: string
}

/** @param folder where the event log of the run lies */
export function describeMachine(folder: string): Machine {
  const processors = cpus()
  const { type } = statfsSync(folder)
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    fileSystem: FILE_SYSTEMS[type] ?? `0x${type.toString(16)}`,
  }
}
