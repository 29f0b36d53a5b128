import { setTimeout as delay } from 'node:timers/promises'
import type { KafkaCluster } from '../../bin/setup/kafka-cluster.ts'
import type { StackProcessName } from '../../bin/supervisor/stack-processes.ts'
import { leadersOf, untilInSync } from './cluster-view.ts'
import type { FaultName } from './fault-plan.ts'
import { fillDisk, freeDisk } from './small-disk.ts'

const LOOK_MS = 100

/** What a drill does its harm to. */
export interface DrillTarget {
  brokers: Pick<KafkaCluster, 'brokers' | 'bootstrap' | 'kill' | 'suspend' | 'resume' | 'start' | 'pid' | 'controller'>
  /** Name of the Kafka topic that the reports are in. */
  reportsTopic: string
  /** The broker whose folder is a small disk of its own; null: none. */
  smallDisk: { broker: number; folder: string } | null
  /** Its supervisor starts again what dies. */
  portal: {
    doors: readonly StackProcessName[]
    projectors: readonly StackProcessName[]
    reactors: readonly StackProcessName[]
    /** SIGKILL; resolves when it is gone. */
    kill(name: StackProcessName): Promise<unknown>
    untilReady(name: StackProcessName, signal: AbortSignal): Promise<unknown>
  }
  signal: AbortSignal
}

/** One fault that knows whom it will hit. */
export interface Strike {
  /** For people: `broker 2`, `projector-3`. */
  target: string
  brokersDown: number
  hit(): Promise<void>
  /** Undoes it; resolves when everything takes part again. */
  lift(): Promise<void>
}

/** Chooses whom the fault hits now. @param draw in [0, 1) */
export function aim(name: FaultName, draw: number, target: DrillTarget): Promise<Strike> | Strike {
  return STRIKES[name](target, draw)
}

const STRIKES: Record<FaultName, (target: DrillTarget, draw: number) => Promise<Strike> | Strike> = {
  'broker-killed': (target, draw) => killBroker(target, Math.floor(draw * target.brokers.brokers)),
  'broker-suspended': (target, draw) => suspendBrokers(target, [Math.floor(draw * target.brokers.brokers)]),
  'leader-killed': async (target, draw) => {
    const leaders = await leadersOf(target.brokers.bootstrap, target.reportsTopic)
    const partition = Math.floor(draw * leaders.length)
    return killBroker(target, leaders[partition]!, `leader of ${target.reportsTopic}/${partition}`)
  },
  'controller-killed': async (target) => killBroker(target, await target.brokers.controller(), 'the controller'),
  'disk-full': (target) => fillBrokersDisk(target),
  'two-brokers-suspended': (target, draw) => {
    const all = Array.from({ length: target.brokers.brokers }, (_, index) => index)
    const spared = Math.floor(draw * all.length)
    return suspendBrokers(target, all.filter((broker) => broker !== spared))
  },
  'door-killed': (target, draw) => killProcess(target, target.portal.doors, draw),
  'projector-killed': (target, draw) => killProcess(target, target.portal.projectors, draw),
  'reactor-killed': (target, draw) => killProcess(target, target.portal.reactors, draw),
}

function killBroker({ brokers, signal }: DrillTarget, broker: number, why?: string): Strike {
  return {
    target: `broker ${broker + 1}${why ? ` (${why})` : ''}`,
    brokersDown: 1,
    hit: () => brokers.kill(broker),
    lift: async () => {
      await brokers.start(broker)
      await untilInSync(brokers.bootstrap, signal)
    },
  }
}

function suspendBrokers({ brokers, signal }: DrillTarget, chosen: readonly number[]): Strike {
  return {
    target: `broker ${chosen.map((broker) => broker + 1).join(', ')}`,
    brokersDown: chosen.length,
    hit: async () => void (await Promise.all(chosen.map((broker) => brokers.suspend(broker)))),
    lift: async () => {
      await Promise.all(chosen.map((broker) => brokers.resume(broker)))
      // One that slept too long for the others may have given itself up.
      for (const broker of chosen) await brokers.start(broker)
      await untilInSync(brokers.bootstrap, signal)
    },
  }
}

/** A broker whose only disk is full stops by itself or is of no use; freed, it is started again. */
function fillBrokersDisk({ brokers, smallDisk, signal }: DrillTarget): Strike {
  if (!smallDisk) throw new Error('No broker has a small disk here')
  const { broker, folder } = smallDisk
  return {
    target: `broker ${broker + 1}`,
    brokersDown: 1,
    hit: () => Promise.resolve(fillDisk(folder)),
    lift: async () => {
      freeDisk(folder)
      await brokers.kill(broker)
      await brokers.start(broker)
      await untilInSync(brokers.bootstrap, signal)
    },
  }
}

function killProcess({ portal, signal }: DrillTarget, names: readonly StackProcessName[], draw: number): Strike {
  const name = names[Math.floor(draw * names.length)]!
  return {
    target: name,
    brokersDown: 0,
    hit: async () => void (await portal.kill(name)),
    lift: async () => {
      // It may still answer "ready" for a moment before the restart is noticed.
      await delay(LOOK_MS, undefined, { signal })
      await portal.untilReady(name, signal)
    },
  }
}
