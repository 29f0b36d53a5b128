import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../load/seeded-random.ts'
import { Admission, type AdmissionOptions, type Place, type TicketOutcome } from './admission.ts'
import { AdmissionCapacity } from './admission-capacity.ts'
import { AdmissionLimit } from './admission-limit.ts'

const WALK_IN = { saysHazard: false }
const response = { once: () => undefined }

function admissionAt(options: Partial<AdmissionOptions> = {}) {
  const time = { ms: 1_000_000 }
  const clock = { nowMs: () => 1_800_000_000_000 + time.ms, monotonicMs: () => time.ms }
  const loopDelay = { ms: 0 }
  const tickets: TicketOutcome[] = []
  const admission = new Admission({
    bounds: { normalInFlight: 10, hazardInFlight: 20, normalLoopDelayMs: 100, hazardLoopDelayMs: 1_000 },
    loopDelay, clock, random: seededRandom(1), slotKey: new Uint8Array(32), storm: { expectedStormReports: 9_000, stormReportsPerSecond: 100 },
    onTicket: (outcome) => void tickets.push(outcome),
    ...options,
  })
  const enter = (ticket?: string) => admission.enter({ saysHazard: false, ticket }, response)
  const enterHazard = () => admission.enter({ saysHazard: true }, response)
  return { admission, time, loopDelay, enter, enterHazard, tickets }
}

describe('admission @door', () => {
  it('goes by the delay of the event loop as well, for hazards by a longer one', () => {
    const { loopDelay, enter, enterHazard } = admissionAt()
    expect(enter()).not.toBeNull()
    loopDelay.ms = 101
    expect(enter()).toBeNull()
    expect(enterHazard()).toMatchObject({ onlyForHazard: true })
    loopDelay.ms = 1_001
    expect(enterHazard()).toBeNull()
  })

  it('gives each refused phone the next time that the log has room', () => {
    const { admission, time } = admissionAt()
    const times = Array.from({ length: 200 }, () => admission.refusal(WALK_IN).slot!.inMs)
    expect(times[0]).toBe(1_000)
    const steps = times.slice(1).map((inMs, index) => inMs - times[index]!)
    expect(Math.max(...steps), 'at 95 of 100 reports a second').toBeLessThanOrEqual(11)
    expect(times.at(-1)).toBe(Math.round(1_000 + (199 * 1_000) / 95))
    time.ms += 1_500
    expect(admission.refusal(WALK_IN).slot!.inMs, 'still behind the others').toBe(Math.round(1_000 + (200 * 1_000) / 95) - 1_500)
    time.ms += 60_000
    expect(admission.refusal(WALK_IN).slot!.inMs).toBe(1_000)
  })

  it('leaves room for walk-ins in the slots of as long as they are told to spread, and none after that', () => {
    const { admission, time, enter } = admissionAt()
    for (let walkIn = 0; walkIn < 1_000; walkIn++) {
      time.ms += 20
      enter()
    }
    const times = Array.from({ length: 5_000 }, () => admission.refusal(WALK_IN).slot!.inMs)
    const countIn = (fromMs: number, toMs: number) => times.filter((inMs) => inMs >= fromMs && inMs < toMs).length
    expect(countIn(10_000, 20_000), 'walk-ins take half of 100 a second').toBeCloseTo(450, -1)
    expect(countIn(102_000, 105_000)).toBeCloseTo(285, -1)
  })

  it('says Retry-After in whole seconds that are not before the slot', () => {
    const { admission } = admissionAt()
    for (let round = 0; round < 300; round++) {
      const { retryAfterSeconds, slot, body } = admission.refusal(WALK_IN)
      expect(retryAfterSeconds).toBe(Math.ceil(slot!.inMs / 1_000))
      expect(JSON.parse(String(body))).toMatchObject({ status: 503, retryAfterSeconds })
    }
  })

  it('lets a phone in at its time, ahead of walk-ins', () => {
    const { admission, time, enter } = admissionAt()
    const tickets = Array.from({ length: 400 }, () => admission.refusal(WALK_IN).slot!.ticket)
    time.ms += 1_000
    const walkIns = Array.from({ length: 10 }, () => enter())
    expect(walkIns.filter(Boolean)).toHaveLength(8)
    expect(enter(tickets[0])).not.toBeNull()
    expect(enter(tickets[1])).not.toBeNull()
    expect(enter(tickets[2]), 'full is full').toBeNull()
  })

  it('takes a ticket that is too early, too late or forged for none', () => {
    const { admission, time, enter } = admissionAt()
    const { ticket, inMs } = Array.from({ length: 1_000 }, () => admission.refusal(WALK_IN).slot!).at(-1)!
    for (let place = 0; place < 8; place++) enter()
    expect(enter(ticket), 'ten seconds before').toBeNull()
    time.ms += inMs - 1_900
    expect(enter(ticket), 'two seconds before').not.toBeNull()
    time.ms += 10
    const forged = Buffer.from(ticket, 'base64url')
    forged[17]! ^= 1
    expect(enter(forged.toString('base64url'))).toBeNull()
    expect(enter('x'), 'not even the length of one').toBeNull()
    const fresh = admissionAt()
    fresh.time.ms = time.ms + 20_000
    fresh.enter(ticket)
    fresh.enter(forged.toString('base64url'))
    expect(fresh.tickets).toEqual(['missed', 'forged'])
  })

  it('knows the tickets of another node that has the key, and of no other', () => {
    const first = admissionAt()
    const { ticket } = first.admission.refusal(WALK_IN).slot!
    const [same, other] = [admissionAt(), admissionAt({ slotKey: new Uint8Array(32).fill(1) })]
    for (const node of [same, other]) node.enter(ticket)
    expect([same.tickets, other.tickets]).toEqual([['honoured'], ['forged']])
  })

  it('tells a hazard to come back in a moment, without a slot', () => {
    const { admission } = admissionAt()
    for (let round = 0; round < 1_000; round++) admission.refusal(WALK_IN)
    const waits = Array.from({ length: 50 }, () => admission.refusal({ saysHazard: true }))
    expect(waits.every(({ slot }) => slot === null)).toBe(true)
    expect(new Set(waits.map(({ retryAfterSeconds }) => retryAfterSeconds))).toEqual(new Set([1, 2, 3, 4]))
  })

  it('learns nothing of the log from questions that it refuses', () => {
    const { admission, time, loopDelay, enter } = admissionAt()
    for (let step = 0; step < 400; step++) {
      time.ms += 50
      loopDelay.ms = 0
      if (step % 2 === 0) {
        enter()?.end()
        admission.appending()(true)
      }
      loopDelay.ms = 101
      expect(admission.enter({ saysHazard: false, reading: true }, response)).toBeNull()
    }
    expect(admission.figures.capacityPerSecond).toBe(100)
  })

  it('spreads those who come back over the expected storm, and for longer while slots reach further', () => {
    const { admission } = admissionAt()
    expect(admission.spreadMs).toBe(100_000)
    for (let round = 0; round < 15_000; round++) admission.refusal(WALK_IN)
    expect(admission.spreadMs).toBeGreaterThan(150_000)
  })

  it('never books further ahead than phones would wait', () => {
    const { admission } = admissionAt({ storm: { expectedStormReports: 1_000_000, stormReportsPerSecond: 1 } })
    const waits = Array.from({ length: 8_000 }, () => admission.refusal(WALK_IN).slot!.inMs)
    expect(waits.every((inMs) => inMs <= 46 * 60_000)).toBe(true)
    expect(waits.slice(-3_000).every((inMs) => inMs > 20 * 60_000)).toBe(true)
  })

  it('books no further ahead than the expected storm needs, however many ask without end', () => {
    for (const [stormReportsPerSecond, longestMs] of [[100, 300_000], [9, (9_000 / 9 / 0.9 + 9_000 / 9 / 0.95) * 1_000]] as const) {
      const { admission } = admissionAt({ storm: { expectedStormReports: 9_000, stormReportsPerSecond } })
      const waits = Array.from({ length: 30_000 }, () => admission.refusal(WALK_IN).slot!.inMs)
      expect(waits.findIndex((inMs) => inMs > longestMs + 1)).toBe(-1)
      expect(waits.findIndex((inMs) => inMs > longestMs - 1_000), 'the storm itself gets a time each').toBeGreaterThan(9_000)
      expect(admission.spreadMs).toBeLessThanOrEqual(longestMs + 1_000)
    }
  })

  it('gives whoever asks before its time the same time again, and books none for it', () => {
    const { admission, time } = admissionAt()
    const { ticket, inMs } = Array.from({ length: 1_000 }, () => admission.refusal(WALK_IN).slot!).at(-1)!
    const horizonMs = admission.figures.horizonMs
    time.ms += 3_000
    for (let round = 0; round < 1_000; round++) {
      const { slot, retryAfterSeconds } = admission.refusal({ saysHazard: false, ticket })
      expect(slot!.ticket).toBe(ticket)
      expect(Math.abs(slot!.inMs - (inMs - 3_000))).toBeLessThanOrEqual(10)
      expect(retryAfterSeconds).toBe(Math.ceil(slot!.inMs / 1_000))
    }
    expect(admission.figures.horizonMs).toBe(horizonMs - 3_000)
    expect(admission.refusal({ saysHazard: false, ticket: 'A'.repeat(24) }).slot!.ticket, 'forged').not.toBe('A'.repeat(24))
    expect(admission.refusal({ saysHazard: false, ticket }, 60_000).slot!.inMs, 'not before a moment that is known to be too soon').toBe(60_000)
    time.ms += inMs - 3_000
    expect(admission.refusal({ saysHazard: false, ticket }).slot!.inMs, 'its time has come').toBeGreaterThan(1_000)
  })

  it('honours a ticket about as often as it was given, so that one shown over and over is a walk-in', () => {
    const { admission, time, enter, tickets } = admissionAt({ bounds: { normalInFlight: 100, hazardInFlight: 200, normalLoopDelayMs: 100, hazardLoopDelayMs: 1_000 } })
    const given = Array.from({ length: 1_500 }, () => admission.refusal(WALK_IN).slot!.ticket)
    time.ms += 1_000
    for (let round = 0; round < 90; round++) enter(given[0])
    expect(tickets.filter((outcome) => outcome === 'honoured')).toHaveLength(10)
    expect(admission.inFlight, 'the places of those who waited stay').toBe(80)
    expect(given.slice(10, 30).every((ticket) => enter(ticket) !== null)).toBe(true)
    expect(tickets.filter((outcome) => outcome === 'spent')).toHaveLength(80)
  })
})

describe('a log that becomes slow @door', () => {
  /** Phones that always want more, at a log of that rate: every 50 ms it takes what it can. */
  function run(at: ReturnType<typeof admissionAt>, seconds: number, perSecond: number): void {
    const { admission, time } = at
    const places = at as typeof at & { inLog?: { place: Place; appended: (taken: boolean) => void }[] }
    const inLog = (places.inLog ??= [])
    for (let step = 0; step < seconds * 20; step++) {
      time.ms += 50
      for (const { place, appended } of inLog.splice(0, perSecond / 20)) {
        appended(true)
        place.end()
      }
      for (let place = at.enter(); ; place = at.enter()) {
        if (!place) {
          admission.refusal(WALK_IN)
          break
        }
        inLog.push({ place, appended: admission.appending() })
      }
    }
  }

  it('has fewer reports in it, and its slots further apart; and gets all back', () => {
    const bounds = { normalInFlight: 2_000, hazardInFlight: 6_000, normalLoopDelayMs: 100, hazardLoopDelayMs: 1_000 }
    const at = admissionAt({ bounds, storm: { expectedStormReports: 100_000, stormReportsPerSecond: 4_000 } })
    run(at, 20, 4_000)
    expect(at.admission.figures.limit, 'a twentieth of a second more than calm').toBeGreaterThan(1_200)
    expect(at.admission.figures.capacityPerSecond).toBeGreaterThan(3_500)
    run(at, 30, 400)
    expect(at.admission.figures.limit).toBeLessThan(350)
    expect(at.admission.figures.capacityPerSecond).toBeLessThan(500)
    run(at, 40, 4_000)
    expect(at.admission.figures.limit).toBeGreaterThan(1_200)
    expect(at.admission.figures.capacityPerSecond).toBeGreaterThan(3_500)
  })

  it('hangs: the limit falls, and the capacity that was known is kept', () => {
    const limit = new AdmissionLimit(2_000, 5_000, 0)
    for (let report = 0; report < 300; report++) limit.started(0)
    for (let nowMs = 0; nowMs < 10_000; nowMs += 50) limit.tick(nowMs)
    expect(limit.now).toBe(100)
    const capacity = new AdmissionCapacity(1_000, 0)
    for (let nowMs = 0; nowMs < 60_000; nowMs += 50) {
      capacity.refused()
      capacity.tick(nowMs)
    }
    expect(capacity.perSecond).toBe(1_000)
  })

  it('is not thought slow when bodies that never arrive have taken the places', () => {
    const { admission, time, enter } = admissionAt()
    while (enter());
    for (let window = 0; window < 400; window++) {
      time.ms += 50
      enter()
      admission.appending()(true)
    }
    expect(admission.figures.capacityPerSecond).toBe(100)
  })

  it('is known to be slow: it does not begin with more than it takes in a moment', () => {
    expect(new AdmissionLimit(2_000, 1_000, 0).now).toBe(400)
    expect(new AdmissionLimit(2_000, 1, 0).now).toBe(100)
    expect(new AdmissionLimit(10, 1, 0).now).toBe(10)
  })

  it('is always slow: then that is its calm', () => {
    const limit = new AdmissionLimit(2_000, 5_000, 0)
    for (let nowMs = 0; nowMs < 60_000; nowMs += 10) {
      limit.started(nowMs)
      if (nowMs >= 700) limit.ended(nowMs - 700, nowMs)
      limit.tick(nowMs)
    }
    expect(limit.now).toBe(2_000)
  })
})
