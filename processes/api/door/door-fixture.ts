import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { systemClock, systemRandom } from '../../../domain/clock.ts'
import { REPORT_HEADERS } from '../../../domain/report-limits.ts'
import { bytesOf } from '../../../server/outages/report-fixture.ts'
import { createLogger } from '../../../server/platform/logger.ts'
import type { EventLog } from '../../../server/platform/event-log/event-log.ts'
import { openEventLog } from '../../../server/platform/event-log/open-event-log.ts'
import { createReceipts } from '../../../server/platform/receipts.ts'
import { generateSigningKeys, parseSigningKeys, slotKeyOf } from '../../../server/platform/signing-keys.ts'
import { utility } from '../../../utility.config.ts'
import { createDoor, type DoorOptions } from './create-door.ts'

/** Nothing listens there: the discard port of loopback. */
const NOBODY = 'http://127.0.0.1:9'

/** A busy machine must not make a test's door refuse. */
const UNHURRIED = { normalLoopDelayMs: 60_000, hazardLoopDelayMs: 60_000 }

export interface TestDoor {
  url: string
  app: FastifyInstance
  log: EventLog
  /** Where its log and built files lie; goes with it. */
  folder: string
  close(): Promise<void>
}

/** A door over a real log in a folder of its own, listening on a free port; behind it everything is dead unless given. */
export async function openDoor(options: Partial<DoorOptions> & { files?: Record<string, string> } = {}): Promise<TestDoor> {
  const folder = mkdtempSync(join(tmpdir(), 'stormdoor-door-'))
  for (const [path, content] of Object.entries(options.files ?? {})) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  const log = await openEventLog({ url: `sqlite:${join(folder, 'log.sqlite')}`, clock: systemClock, region: 'local', node: 'test' })
  const keys = parseSigningKeys(generateSigningKeys())
  const app = await createDoor({
    log,
    receipts: createReceipts(keys),
    slotKey: slotKeyOf(keys),
    clock: systemClock,
    random: systemRandom,
    utility,
    logger: createLogger('test', 'silent'),
    publicUrl: 'http://localhost:3000',
    webUrls: [NOBODY],
    folders: { next: join(folder, '.next'), public: join(folder, 'public') },
    ...options,
    limits: { ...UNHURRIED, ...options.limits },
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    app,
    log,
    folder,
    url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`,
    close: async () => {
      app.server.closeAllConnections()
      await app.close()
      await log.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Sends a report as a phone does. */
export function send(door: { url: string }, report: unknown, secret: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${door.url}/api/v1/outage-reports`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [REPORT_HEADERS.secret]: secret, ...headers },
    body: report instanceof Uint8Array ? (report as Uint8Array<ArrayBuffer>) : bytesOf(report),
  })
}
