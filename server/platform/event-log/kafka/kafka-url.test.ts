import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readKafkaUrl } from './kafka-url.ts'

const secrets = { KAFKA_USERNAME: 'portal', KAFKA_PASSWORD: 'not-to-be-printed' }

describe('the URL of a log on Kafka', () => {
  test('names its brokers; all else has a default', () => {
    expect(readKafkaUrl('kafka://one:9092,10.0.0.2:9093,[::1]:9094', {})).toEqual({
      bootstrap: [{ host: 'one', port: 9092 }, { host: '10.0.0.2', port: 9093 }, { host: '::1', port: 9094 }],
      prefix: 'stormdoor', partitions: 6, replication: null, tls: null, sasl: null,
    })
  })

  test('says prefix, partitions, replication and how to sign in; secrets come from the environment', () => {
    expect(readKafkaUrl('kafka://one:9092/power.north?partitions=12&replication=3&sasl=SCRAM-SHA-512&tls=true', secrets)).toMatchObject({
      prefix: 'power.north', partitions: 12, replication: 3, tls: {}, sasl: { mechanism: 'SCRAM-SHA-512', username: 'portal', password: 'not-to-be-printed' },
    })
    expect(readKafkaUrl('kafka://one:9092/?sasl=plain&tls=false', secrets)).toMatchObject({ prefix: 'stormdoor', tls: null, sasl: { mechanism: 'PLAIN' } })
  })

  test('certificates are files', () => {
    const folder = mkdtempSync(join(tmpdir(), 'stormdoor-url-'))
    const file = join(folder, 'ca.pem')
    writeFileSync(file, 'certificate')
    expect(readKafkaUrl('kafka://one:9092?tls=true', { KAFKA_CA_FILE: file }).tls).toEqual({ ca: Buffer.from('certificate') })
    rmSync(folder, { recursive: true })
    expect(() => readKafkaUrl('kafka://one:9092?tls=true', { KAFKA_CA_FILE: file })).toThrow(/KAFKA_CA_FILE.*ENOENT/)
    expect(() => readKafkaUrl('kafka://one:9092?tls=true', { KAFKA_KEY_FILE: import.meta.filename })).toThrow(/belong together/)
  })

  test.each([
    'kafka://', 'kafka://one', 'kafka://one:0', 'kafka://one:70000', 'kafka://one:9092,', 'kafka://one:9092/a b', 'kafka://one:9092/a/b', 'kafka:one:9092',
    'kafka://portal:secret@one:9092', 'kafka://one:9092?partitions=0', 'kafka://one:9092?partitions=six', 'kafka://one:9092?partitions=1&partitions=2',
    'kafka://one:9092?replication=10', 'kafka://one:9092?tls=yes', 'kafka://one:9092?sasl=secret', 'kafka://one:9092?password=secret', 'kafka://one:9092?sasl=plain',
  ])('%s is refused without being repeated', (url) => {
    expect(() => readKafkaUrl(url, {})).toThrow(TypeError)
    expect(() => readKafkaUrl(url, {})).not.toThrow(/secret|portal/)
  })
})
