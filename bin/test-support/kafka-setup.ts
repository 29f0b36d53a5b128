import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startBrokers } from '../setup/kafka-cluster.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** `host:port,host:port,host:port`; only for tests named `*.kafka.test.ts`. */
    kafkaBootstrap: string
  }
}

/** One cluster of three brokers for the whole run. Tests that kill brokers start their own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'stormdoor-kafka-'))
  const removeFolder = () => rmSync(folder, { recursive: true, force: true })
  try {
    const cluster = await startBrokers({ folder, count: 3 })
    project.provide('kafkaBootstrap', cluster.bootstrap.join(','))
    return async () => {
      await cluster.stop()
      removeFolder()
    }
  } catch (error) {
    removeFolder()
    throw error
  }
}
