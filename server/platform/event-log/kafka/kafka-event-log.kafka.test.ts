import { describeEventLog } from '../conformance.ts'
import { kafkaUrl } from '../../../../bin/test-support/kafka-url.ts'

describeEventLog('kafka', async () => ({ url: kafkaUrl({ partitions: '1' }), dispose: async () => undefined }))
