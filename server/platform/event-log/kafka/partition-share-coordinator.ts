import { findCoordinatorV4, heartbeatV4, joinGroupV7, leaveGroupV4, syncGroupV5, type Connection } from '@platformatic/kafka'
import type { Broker } from './broker-connections.ts'
import { firstAnswer } from './cluster-view.ts'
import type { KafkaClient } from './kafka-client.ts'
import { KAFKA_CODE, withCodes } from './kafka-failure.ts'

const ASK_BOUND_MS = 1_500
/** Survivors notice a rebalance by their next heartbeat, and work goes on meanwhile: nobody needs longer to join again. */
const REBALANCE_BOUND_MS = 3_000
const GROUP_KEY = 0
/** So that Kafka's own tools show who has what. */
const PROTOCOL_TYPE = 'consumer'
const PROTOCOL = 'stormdoor-sticky'

export type JoinAnswer = Awaited<ReturnType<typeof joinGroupV7.api.async>>

/**
 * The requests of one group, each made once with its error code in the answer. They reject when the coordinator cannot be
 * reached or is another one now; the next request looks for it again.
 */
export class GroupCoordinator {
  readonly #client: KafkaClient
  readonly #groupId: string
  #coordinator: Broker | null = null

  constructor(client: KafkaClient, groupId: string) {
    this.#client = client
    this.#groupId = groupId
  }

  /** Waits until all members have joined. @param memberId empty: a new one */
  join(memberId: string, subscription: Buffer, sessionMs: number): Promise<JoinAnswer> {
    const protocols = [{ name: PROTOCOL, metadata: subscription }]
    // A connection of its own: an answer may wait as long as the slowest member.
    return this.#ask('joins', 2 * REBALANCE_BOUND_MS, (connection) =>
      joinGroupV7.api.async(connection, this.#groupId, sessionMs, REBALANCE_BOUND_MS, memberId, null, PROTOCOL_TYPE, protocols))
  }

  /** Waits for the leader's plan. @param plan member → assignment, from the leader alone */
  async sync(memberId: string, generation: number, plan: ReadonlyMap<string, Buffer>): Promise<{ errorCode: number; assignment: Buffer }> {
    const assignments = [...plan].map(([member, assignment]) => ({ memberId: member, assignment }))
    return this.#ask('joins', 2 * REBALANCE_BOUND_MS, (connection) =>
      syncGroupV5.api.async(connection, this.#groupId, generation, memberId, null, PROTOCOL_TYPE, PROTOCOL, assignments))
  }

  beat(memberId: string, generation: number): Promise<{ errorCode: number }> {
    return this.#ask('beats', ASK_BOUND_MS, (connection) => heartbeatV4.api.async(connection, this.#groupId, generation, memberId, null))
  }

  leave(memberId: string): Promise<{ errorCode: number }> {
    return this.#ask('beats', ASK_BOUND_MS, (connection) => leaveGroupV4.api.async(connection, this.#groupId, [{ memberId, groupInstanceId: null }]))
  }

  async #ask<T extends { errorCode: number }>(purpose: string, boundMs: number, request: (connection: Connection) => Promise<T>): Promise<T> {
    try {
      this.#coordinator ??= await this.#find()
      const connection = await this.#client.connections.to(this.#coordinator, `${purpose} of ${this.#groupId}`, boundMs)
      const answer = await withCodes(request(connection))
      if (isElsewhere(answer.errorCode)) throw new Error(`Kafka error ${answer.errorCode}: the group has no coordinator there`)
      return answer
    } catch (error) {
      this.#coordinator = null
      throw error
    }
  }

  #find(): Promise<Broker> {
    return firstAnswer(this.#client.cluster.candidates().map((broker) => async () => {
      const connection = await this.#client.connections.to(broker, 'questions', 2 * ASK_BOUND_MS)
      const answer = await withCodes(findCoordinatorV4.api.async(connection, GROUP_KEY, [this.#groupId]))
      const told = answer.coordinators[0]
      if (!told || told.errorCode !== KAFKA_CODE.none) throw new Error(`Kafka error ${told?.errorCode ?? 'without a code'}: the group has no coordinator`)
      return { host: told.host, port: told.port }
    }))
  }
}

function isElsewhere(code: number): boolean {
  return code === KAFKA_CODE.coordinatorLoading || code === KAFKA_CODE.coordinatorUnavailable || code === KAFKA_CODE.notCoordinator
}
