import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { temporaryFolder } from '../../../bin/test-support/temporary-folder.ts'
import { systemClock } from '../../../domain/clock.ts'
import type { OutageDelivered } from '../../../domain/delivery.ts'
import { matchedId } from '../../../server/outages/delivery-events.ts'
import { openEventLog } from '../../../server/platform/event-log/open-event-log.ts'
import { startCoreSim } from '../../core-sim/start-core-sim.ts'
import { sampleFollowUp, sampleId, sampleMatch, sampleNewEvent, sampleReport, seededFraction } from '../../projector/sample-events.ts'

const TOKEN = 'only-for-this-test-run'
/** The first is the one after which a report must come again. */
const POINTS = ['after-call', 'before-call', 'after-append'] as const
const endings: (() => unknown)[] = []
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
})

it.each([
  ['between the taking and our record', 1, 1],
  ['at each point @full', 3, 1],
  ['again and again @full', 24, 2],
  ['again and again @full', 24, 3],
])('killed %s, it hands each report over once and says so once (%i kills, seed %i)', async (_where, rounds, seed) => {
  const fraction = seededFraction(seed)
  const folder = temporaryFolder()
  const url = `sqlite:${join(folder, 'event-log.sqlite')}`
  const log = await openEventLog({ url, clock: systemClock, region: 'test', node: 'test' })
  endings.push(() => log.close())
  const core = await startCoreSim({ path: join(folder, 'core.sqlite'), token: TOKEN })
  endings.push(() => core.close())

  let reports = 0
  let followUps = 0
  let ends = 0
  for (let round = 0; round <= rounds; round++) {
    const events = []
    for (let count = 0; count < 8; count++) {
      const number = reports++
      events.push(sampleNewEvent(sampleReport(number, fraction() < 0.2 ? { hazards: ['fire'] } : { personal: { place: { address: '1 Elm St' }, medicalEquipment: false } })))
      if (fraction() < 0.3) events.push(sampleNewEvent(sampleFollowUp(number, followUps++, { stillOut: 'yes' })))
      // Sometimes after the first try of its report.
      if (number > 3 && fraction() < 0.5) events.push({ ...sampleNewEvent(sampleMatch(number - 3, number)), id: matchedId(sampleId(number - 3)) })
    }
    await log.append(events)
    // The last one is left alone.
    const point = round < rounds ? POINTS[round % POINTS.length]! : 'never'
    const child = start(url, core.url, TOKEN, point, 1 + Math.floor(fraction() * 6))
    if (round === rounds) break
    await once(child, 'exit')
    expect(child.signalCode).toBe('SIGKILL')
    ends++
  }

  const delivered = async (): Promise<OutageDelivered[]> => {
    const found: OutageDelivered[] = []
    for await (const batch of log.read('outages/0', null, { signal: new AbortController().signal, follow: false })) {
      for (const { envelope } of batch) if (envelope.type === 'outage.delivered.v1') found.push(envelope.data as OutageDelivered)
    }
    return found
  }
  await vi.waitFor(async () => expect((await delivered()).filter(({ deliveryId, reportId }) => deliveryId === reportId)).toHaveLength(reports), { timeout: 60_000, interval: 50 })
  await vi.waitFor(async () => expect(await log.loadCursor('delivery', 'outages/0')).toBe(await log.end('outages/0')), { timeout: 60_000, interval: 50 })
  const held = core.deliveries.heldAfter(0, 10_000)
  const { conflicts, repeats } = core.deliveries.counts()
  expect(held.filter(({ kind }) => kind === 'report').map(({ id }) => id).toSorted()).toEqual(Array.from({ length: reports }, (_, number) => sampleId(number)).toSorted())
  expect(held.filter(({ kind }) => kind === 'follow-up').length).toBeGreaterThanOrEqual(followUps)
  expect(conflicts).toBe(0)
  // A kill between the taking and our record was met, and made it come again.
  expect(repeats).toBeGreaterThanOrEqual(1)
  expect(repeats).toBeLessThanOrEqual(4 * ends)
  const told = await delivered()
  expect(told.map(({ deliveryId }) => deliveryId).toSorted()).toEqual(held.map(({ id }) => id).toSorted())
  expect(told.every(({ deliveryId, coreReference }) => held.find(({ id }) => id === deliveryId)?.reference === coreReference)).toBe(true)
}, 300_000)

function start(...parameters: (string | number)[]): ChildProcess {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'deliver-until-killed.fixture.ts'), ...parameters.map(String)], { stdio: ['ignore', 'inherit', 'inherit'] })
  endings.push(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exit = once(child, 'exit')
    child.kill('SIGKILL')
    await exit
  })
  return child
}
