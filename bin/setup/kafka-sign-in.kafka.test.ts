import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { systemClock } from '../../domain/clock.ts'
import type { EventLog } from '../../server/platform/event-log/event-log.ts'
import { matchedEvent } from '../../server/platform/event-log/matched-event.fixture.ts'
import { openEventLog } from '../../server/platform/event-log/open-event-log.ts'
import { temporaryFolder } from '../test-support/temporary-folder.ts'
import { startBrokers, type KafkaCluster } from './kafka-cluster.ts'
import { projectFolder } from './project-folder.ts'

const password = 'open-sesame-5108'
const id = '0198c0de-0000-7000-8000-000000000001'

let cluster: KafkaCluster
const opened: EventLog[] = []

async function open(environment: Record<string, string>): Promise<EventLog> {
  for (const [name, value] of Object.entries({ ...cluster.env, ...environment })) vi.stubEnv(name, value)
  const log = await openEventLog({ url: cluster.url, clock: systemClock, region: 'test', node: 'tester' })
  opened.push(log)
  return log
}

/** All that a program might print of an error, its causes included. */
function everythingIn(error: unknown): string {
  return error instanceof Error ? `${error.message} ${error.stack} ${JSON.stringify(error)} ${everythingIn(error.cause)}` : String(error)
}

beforeAll(async () => {
  cluster = await startBrokers({ folder: temporaryFolder(), count: 1, auth: { username: 'door', password } })
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await Promise.all(opened.splice(0).map((log) => log.close()))
})
afterAll(() => cluster.stop())

describe('an event log on brokers that ask who comes @kafka', () => {
  test('is written and read over TLS by who gives the password in the environment', async () => {
    const log = await open({})
    const [appended] = await log.append([matchedEvent('C-1', id)])
    expect(appended?.outcome).toBe('appended')
    expect(await log.find('outages', id)).toEqual(appended?.first)
  })

  test('refuses a wrong password, and says so without it', async () => {
    const wrong = 'open-barley-8812'
    const refusal: unknown = await open({ KAFKA_PASSWORD: wrong }).then(() => null, (error: unknown) => error)
    expect(refusal).toMatchObject({ name: 'LogUnavailableError', message: expect.stringMatching(/KAFKA_USERNAME, KAFKA_PASSWORD/) as string })
    expect(everythingIn(refusal)).not.toContain(wrong)
  })

  test('is not opened over a certificate that nobody vouches for @full', async () => {
    await expect(open({ KAFKA_CA_FILE: '' })).rejects.toThrow(/self-signed certificate/)
  })

  test('a command says what is wrong in one line, without the password', async () => {
    const wrong = 'open-rye-3371'
    const env = { ...process.env, ...cluster.env, KAFKA_PASSWORD: wrong, EVENT_LOG_URL: cluster.url, STORMDOOR_DATA: temporaryFolder() }
    const failed: unknown = await promisify(execFile)(process.execPath, [join(projectFolder, 'bin/export.ts')], { env }).then(() => null, (error: unknown) => error)
    const { stdout, stderr } = failed as { stdout: string; stderr: string }
    expect(stderr).toMatch(/cannot be reached/)
    expect(stdout + stderr).not.toContain(wrong)
  })
})
