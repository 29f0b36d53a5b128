import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive } from '../supervisor/process-identity.ts'
import { identityOf, readRunRecords, removeRunRecord, type RunRecord } from '../supervisor/run-record.ts'
import { withFolderLock } from './folder-lock.ts'
import { endProcess } from './kafka-broker.ts'
import { portsPerBroker, startBrokers } from './kafka-cluster.ts'
import { keptBrokerPorts, readBrokerPorts } from './kafka-ports.ts'
import { SetupError } from './setup-error.ts'

const graceMs = 10_000

export interface StandingBrokers {
  /** Absolute folder of their data. */
  folder: string
  /** `EVENT_LOG_URL` */
  url: string
  /** True when all ran before. */
  already: boolean
  brokers: { name: string; pid: number; port: number }[]
}

/** Where the brokers of a data folder have theirs, run records included: a start of the portal leaves them alone. */
export function standingFolder(dataDir: string): string {
  return join(dataDir, 'kafka')
}

/** Those of the data folder's brokers that run. */
function runningBrokers(dataDir: string): RunRecord[] {
  return readRunRecords(standingFolder(dataDir)).filter((record) => isAlive(identityOf(record)))
}

/**
 * Starts the data folder's brokers, at the same ports as ever, to outlive this command; harmless when they run.
 * Throws SetupError when they do not get ready, or were made with another count.
 */
export async function standUpBrokers(dataDir: string, count: number, say?: (detail: string) => void): Promise<StandingBrokers> {
  const folder = standingFolder(dataDir)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return withFolderLock(folder, 'starting or stopping the Kafka brokers', async () => {
    const kept = readBrokerPorts(folder)
    if (kept && kept.length !== count * portsPerBroker) {
      const made = kept.length / portsPerBroker
      throw new SetupError(`The data in ${folder} belongs to ${made} broker${made === 1 ? '' : 's'}: ask for that many, or use another data folder (STORMDOOR_DATA=/another/folder).`)
    }
    const before = runningBrokers(dataDir).length
    const ports = kept && before > 0 ? kept : await keptBrokerPorts(folder, count * portsPerBroker)
    const cluster = await startBrokers({ folder, count, ports, detached: true, say })
    const brokers = runningBrokers(dataDir).map(({ name, pid, port }) => ({ name, pid, port: port ?? 0 }))
    return { folder, url: cluster.url, already: before === count, brokers }
  })
}

/** Ends the data folder's brokers by recorded pid and start; their data stays. Resolves to the names of those that ran. */
export async function standDownBrokers(dataDir: string): Promise<string[]> {
  const folder = standingFolder(dataDir)
  if (readRunRecords(folder).length === 0) return []
  return withFolderLock(folder, 'starting or stopping the Kafka brokers', async () => {
    const running = runningBrokers(dataDir)
    await Promise.all(running.map((record) => endProcess(identityOf(record), graceMs)))
    for (const { name } of readRunRecords(folder)) removeRunRecord(folder, name)
    return running.map((record) => record.name)
  })
}
