import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'

/**
 * A place of the test's own on this run's brokers (only in `*.kafka.test.ts`).
 * @param query settings such as `{ partitions: '2' }`
 * @returns `kafka://host:port,…/prefix?…`
 */
export function kafkaUrl(query: Readonly<Record<string, string>> = {}): string {
  const settings = new URLSearchParams(query).toString()
  return `kafka://${inject('kafkaBootstrap')}/test-${randomBytes(6).toString('hex')}${settings ? `?${settings}` : ''}`
}
