import type { StormTarget } from '../../load/storm/run-storm.ts'
import type { Victim } from '../../load/storm/storm-plan.ts'
import type { KafkaCluster } from '../setup/kafka-cluster.ts'
import type { StackProcessName } from '../supervisor/stack-processes.ts'
import type { Stack } from '../supervisor/start-stack.ts'

const BROKER = /^broker-(\d+)$/

/** A portal and the brokers beside it, as a storm strikes them. */
export function stormTarget(stack: Stack, brokers: KafkaCluster | null): StormTarget {
  const strike = (name: Victim, broker: (cluster: KafkaCluster, index: number) => Promise<void>, own: (process: StackProcessName) => Promise<void>) => {
    const index = BROKER.exec(name)?.[1]
    if (index === undefined) return own(name as StackProcessName)
    if (!brokers) throw new Error(`there is no ${name}`)
    return broker(brokers, Number(index))
  }
  return {
    url: stack.url,
    kill: (name) => strike(name, (cluster, index) => cluster.kill(index), (own) => stack.kill(own)),
    start: (name) => strike(name, (cluster, index) => cluster.start(index), (own) => stack.start(own)),
  }
}
