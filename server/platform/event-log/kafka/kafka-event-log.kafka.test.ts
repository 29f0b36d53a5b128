import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll } from 'vitest'
import { kafkaUrl } from '../../../../bin/test-support/kafka-url.ts'
import { startMutedBroker, type MutedBroker } from '../../../../bin/test-support/muted-kafka-broker.ts'
import { systemClock } from '../../../../domain/clock.ts'
import { describeManyNodes } from '../conformance-many-nodes.ts'
import { describeEventLog } from '../conformance.ts'
import { openKafkaEventLog } from './kafka-event-log.ts'
import { readKafkaUrl } from './kafka-url.ts'

describeEventLog('kafka', async () => ({ url: kafkaUrl({ partitions: '1' }), dispose: async () => undefined }))

let broker: MutedBroker
beforeAll(async () => {
  broker = await startMutedBroker()
})
afterAll(() => broker.stop())

describeManyNodes('kafka', async () => {
  const settings = readKafkaUrl(`kafka://${broker.bootstrap}/${randomBytes(6).toString('hex')}?partitions=4`, {})
  return {
    open: (node, options) => openKafkaEventLog({ settings, indexPath: null, clock: systemClock, region: 'test', node, ...options }),
    loseAnswers() {
      broker.mute()
      return async () => broker.unmute()
    },
    dispose: async () => undefined,
  }
})
