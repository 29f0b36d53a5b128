import { randomBytes } from 'node:crypto'
import { Admin } from '@platformatic/kafka'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { kafkaUrl } from '../../../../bin/test-support/kafka-url.ts'
import { startMutedBroker, type MutedBroker } from '../../../../bin/test-support/muted-kafka-broker.ts'
import { systemClock } from '../../../../domain/clock.ts'
import { describeManyNodes } from '../conformance-many-nodes.ts'
import { describeEventLog } from '../conformance.ts'
import { matchedEvent } from '../matched-event.fixture.ts'
import { openEventLog } from '../open-event-log.ts'
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

test('a topic that was given more partitions is refused: a repeated id would not meet itself', async () => {
  const url = kafkaUrl({ partitions: '2' })
  const options = { url, clock: systemClock, region: 'test', node: 'tester' }
  const log = await openEventLog(options)
  await log.append([matchedEvent('north')])
  await log.close()
  const admin = new Admin({ clientId: 'admin', bootstrapBrokers: inject('kafkaBootstrap').split(',') })
  await admin.createPartitions({ topics: [{ name: `${readKafkaUrl(url, {}).prefix}.outages`, count: 3 }] })
  await admin.close()
  await expect.poll(async () => {
    const again = await openEventLog(options)
    const refusal = await again.append([matchedEvent('south')]).then(() => null, (error: Error) => error.message)
    await again.close()
    return refusal
  }, { timeout: 30_000 }).toMatch(/has 3 partitions and began with 2/)
})
