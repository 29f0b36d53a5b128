import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { temporaryFolder } from '../../../bin/test-support/temporary-folder.ts'
import { systemClock, systemRandom } from '../../../domain/clock.ts'
import { RestCoreSystem } from '../../../server/core-system/rest/rest-core-system.ts'
import { openEventLog } from '../../../server/platform/event-log/open-event-log.ts'
import { createLogger } from '../../../server/platform/logger.ts'
import { startCoreSim } from '../../core-sim/start-core-sim.ts'
import { sampleId, sampleNewEvent, sampleReport } from '../../projector/sample-events.ts'
import { runDeliveryReactor } from './delivery-reactor.ts'

const TOKEN = 'only-for-this-test-run'
const REPORTS = 5_000
const EVERY_HAZARD = 50
const PER_SECOND = 200
const AT_ONCE = 16

it(`drains ${REPORTS.toLocaleString('en')} reports when the core system returns: hazards first, never faster than it can bear @full`, async () => {
  const folder = temporaryFolder()
  const log = await openEventLog({ url: `sqlite:${join(folder, 'event-log.sqlite')}`, clock: systemClock, region: 'test', node: 'test' })
  const core = await startCoreSim({ path: join(folder, 'core.sqlite'), token: TOKEN })
  core.troubles.mode = { mode: 'dead' }
  for (let number = 0; number < REPORTS; number += 500) {
    await log.append(Array.from({ length: 500 }, (_, index) => {
      const hazards = (number + index) % EVERY_HAZARD === EVERY_HAZARD - 1 ? (['fire'] as const) : []
      return sampleNewEvent(sampleReport(number + index, { hazards: [...hazards] }))
    }))
  }
  const rest = new RestCoreSystem({ url: new URL(core.url), token: TOKEN, tls: {}, timeoutMs: 10_000, production: false, clock: systemClock, random: systemRandom })
  const begunMs: number[] = []
  const stop = new AbortController()
  const running = runDeliveryReactor({
    log,
    core: {
      deliverReport: (delivery, call) => {
        begunMs.push(performance.now())
        return rest.deliverReport(delivery, call)
      },
    },
    perSecond: PER_SECOND, atOnce: AT_ONCE, clock: systemClock, random: systemRandom, logger: createLogger('test', 'silent'), signal: stop.signal,
  })
  try {
    await vi.waitFor(() => expect(begunMs.length).toBeGreaterThan(5), { timeout: 60_000 })
    core.troubles.mode = { mode: 'up' }
    await vi.waitFor(() => expect(core.deliveries.counts().reports).toBe(REPORTS), { timeout: 300_000, interval: 100 })
    const held = core.deliveries.heldAfter(0, REPORTS)
    const hazards = new Set(Array.from({ length: REPORTS }, (_, number) => number).filter((number) => number % EVERY_HAZARD === EVERY_HAZARD - 1).map(sampleId))
    const lastHazard = held.findLastIndex(({ id }) => hazards.has(id))
    const mostWithin = (seconds: number) => begunMs.reduce((most, atMs, index) => Math.max(most, index - begunMs.findIndex((otherMs) => otherMs > atMs - seconds * 1_000) + 1), 0)
    // The probe that finds it back may be any.
    expect(lastHazard).toBeLessThan(hazards.size + 2)
    // Each was let go in its turn, and is made ready before it is sent: as many as may be under way can come late together.
    for (const seconds of [1, 5, 20]) expect(mostWithin(seconds)).toBeLessThanOrEqual(seconds * PER_SECOND + AT_ONCE)
    expect(core.deliveries.counts()).toMatchObject({ repeats: 0, conflicts: 0 })
  } finally {
    stop.abort()
    await running
    await rest.close()
    await core.close()
    await log.close()
  }
}, 600_000)
