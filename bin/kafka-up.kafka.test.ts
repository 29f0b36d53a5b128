import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Admin, Consumer, Producer } from '@platformatic/kafka'
import { afterAll, describe, expect, test } from 'vitest'
import { projectFolder } from './setup/project-folder.ts'
import { startTicksOf } from './supervisor/process-identity.ts'
import { temporaryFolder } from './test-support/temporary-folder.ts'

interface Up {
  url: string
  already: boolean
  brokers: { pid: number; port: number }[]
}

const dataDir = temporaryFolder()
const topic = 'kept'

async function command(name: 'kafka-up' | 'kafka-down', ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(projectFolder, 'bin', `${name}.ts`), ...args], { env: { ...process.env, STORMDOOR_DATA: dataDir } })
  return stdout
}

async function up(): Promise<Up> {
  return JSON.parse(await command('kafka-up', '--brokers', '1', '--json')) as Up
}

const brokersOf = ({ url }: Up) => [new URL(url).host]

async function writeOne(running: Up, value: string): Promise<void> {
  const bootstrapBrokers = brokersOf(running)
  const admin = new Admin({ clientId: 'test', bootstrapBrokers })
  const producer = new Producer({ clientId: 'test', bootstrapBrokers })
  try {
    await admin.createTopics({ topics: [topic], partitions: 1, replicas: 1 })
    await producer.send({ acks: -1, messages: [{ topic, value: Buffer.from(value) }] })
  } finally {
    await Promise.all([admin.close(), producer.close()])
  }
}

async function readOne(running: Up): Promise<string> {
  const consumer = new Consumer({ clientId: 'test', groupId: 'test', bootstrapBrokers: brokersOf(running) })
  try {
    const stream = await consumer.consume({ topics: [topic], mode: 'earliest', autocommit: false })
    for await (const { value } of stream) return String(value)
    return ''
  } finally {
    await consumer.close(true)
  }
}

afterAll(async () => {
  await command('kafka-down')
})

describe('npm run kafka:up and kafka:down @kafka', () => {
  test('leave a broker running that a second one finds, stop it for good, and keep its records and its port', { timeout: 120_000 }, async () => {
    const first = await up()
    expect(first).toMatchObject({ already: false, url: `kafka://127.0.0.1:${first.brokers[0]?.port}` })
    await writeOne(first, 'a report')
    expect(await up()).toEqual({ ...first, already: true })
    await expect(command('kafka-up', '--brokers', '3')).rejects.toThrow(/belongs to 1 broker/)

    expect(JSON.parse(await command('kafka-down', '--json'))).toEqual({ stopped: ['kafka-1'] })
    expect(startTicksOf(first.brokers[0]?.pid ?? 0)).toBeNull()
    expect(JSON.parse(await command('kafka-down', '--json'))).toEqual({ stopped: [] })

    const words = await command('kafka-up', '--brokers', '1')
    expect(words).toContain(`EVENT_LOG_URL=${first.url} npm start`)
    expect(await readOne(first)).toBe('a report')
  })
})
