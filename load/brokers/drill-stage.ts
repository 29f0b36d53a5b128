import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type KafkaCluster, startBrokers } from '../../bin/setup/kafka-cluster.ts'
import { type Stack, startStack } from '../../bin/supervisor/start-stack.ts'
import { readyOverHttp } from '../../bin/supervisor/process-spec.ts'
import { processesOf, type StackProcessName } from '../../bin/supervisor/stack-processes.ts'
import type { DrillTarget } from './strikes.ts'

const BROKERS = 3
const NODES = 3
/** The one whose folder may be a small disk. */
const SMALL_DISK_BROKER = BROKERS - 1
/** openEventLog's default prefix, and the topic. */
const REPORTS_TOPIC = 'stormdoor.outages'
const READY_LIMIT_MS = 60_000
const READY_ANSWER_MS = 2_000
const READY_LOOK_MS = 50

/** Everything that a drill is played on. */
export interface DrillStage {
  cluster: KafkaCluster
  portal: Stack
  target: DrillTarget
  /** Ends every process, suspended ones too. */
  strikeDown(): Promise<void>
}

export interface DrillStageOptions {
  /** Absolute; takes all data. */
  folder: string
  /** Absolute folder that is a disk of its own, for one broker; null: none. */
  smallDisk: string | null
  say: (text: string) => void
  signal: AbortSignal
}

/** Three brokers and a portal of three nodes (no web: a report needs none), with ports of their own; dead processes are started again. */
export async function setDrillStage({ folder, smallDisk, say, signal }: DrillStageOptions): Promise<DrillStage> {
  let portal: Stack | undefined
  let cluster: KafkaCluster | undefined
  const strikeDown = async () => {
    await portal?.stop({ now: true })
    await cluster?.stop()
  }
  try {
    cluster = await startBrokers({ folder: join(folder, 'kafka'), count: BROKERS, dataFolders: dataFolders(folder, smallDisk), say })
    signal.throwIfAborted()
    portal = await startStack({
      dataDir: join(folder, 'portal'), nodes: NODES, processes: ['postgres', 'redis', 'projector', 'reactors', 'api'], restart: true,
      env: { ...cluster.env, EVENT_LOG_URL: cluster.url }, signal, step: (what, work) => (say(what), work(() => undefined)),
    })
    return { cluster, portal, target: targetOf(cluster, portal, smallDisk, signal), strikeDown }
  } catch (error) {
    await strikeDown()
    throw error
  }
}

function dataFolders(folder: string, smallDisk: string | null): string[] {
  const folders = Array.from({ length: BROKERS }, (_, broker) => (smallDisk && broker === SMALL_DISK_BROKER ? join(smallDisk, 'records') : join(folder, 'kafka', `records-${broker + 1}`)))
  for (const one of folders) mkdirSync(one, { recursive: true, mode: 0o700 })
  return folders
}

function targetOf(brokers: KafkaCluster, portal: Stack, smallDisk: string | null, signal: AbortSignal): DrillTarget {
  return {
    brokers,
    reportsTopic: REPORTS_TOPIC,
    smallDisk: smallDisk === null ? null : { broker: SMALL_DISK_BROKER, folder: smallDisk },
    portal: {
      doors: processesOf('api', NODES),
      projectors: processesOf('projector', NODES),
      reactors: processesOf('reactors', NODES),
      kill: (name) => portal.kill(name),
      untilReady: (name, abort) => untilReady(portal, name, abort),
    },
    signal,
  }
}

/** The supervisor starts it again; here it is only waited for. */
async function untilReady(portal: Stack, name: StackProcessName, signal: AbortSignal): Promise<void> {
  const ready = readyOverHttp(`${portal.adminUrl(name)}/readyz`)
  const deadlineMs = performance.now() + READY_LIMIT_MS
  for (;;) {
    try {
      if (portal.pid(name) === null) throw new Error('it is not running')
      return await ready(AbortSignal.any([signal, AbortSignal.timeout(READY_ANSWER_MS)]))
    } catch (error) {
      if (performance.now() > deadlineMs) throw new Error(`${name} was not ready again within ${READY_LIMIT_MS / 1000} s`, { cause: error })
    }
    await delay(READY_LOOK_MS, undefined, { signal })
  }
}
