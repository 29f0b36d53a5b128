import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../bin/test-support/temporary-folder.ts'
import { systemClock, systemRandom } from '../../domain/clock.ts'
import { handlingOf } from '../../domain/handling.ts'
import { uuidV7 } from '../../domain/uuid.ts'
import { sampleId, sampleMatch, sampleNewEvent, sampleReport } from '../../processes/projector/sample-events.ts'
import type { Staff } from '../identity/staff.ts'
import { ForbiddenError, InvalidInputError, NotFoundError } from '../platform/errors.ts'
import type { EventLog } from '../platform/event-log/event-log.ts'
import { openEventLog } from '../platform/event-log/open-event-log.ts'
import { type HandleCommand, HandlingConflictError, handleReport } from './handle-report.ts'
import { findHandling } from './handling-events.ts'

const agents = Array.from({ length: 50 }, (_, number): Staff => ({ staffId: uuidV7(systemClock, systemRandom), name: `Agent ${number}`, role: 'agent' }))
const [one, other] = agents as [Staff, Staff]
let log: EventLog

beforeAll(async () => {
  log = await openEventLog({ url: `sqlite:${temporaryFolder()}/event-log.sqlite`, clock: systemClock, region: 'test', node: 'test' })
  await log.append([1, 2, 3, 4].map((number) => sampleNewEvent(sampleReport(number))))
})
afterAll(() => log.close())

const command = (number: number, step: HandleCommand['step'], basedOn: string | null = null): HandleCommand => ({ handlingId: uuidV7(systemClock, systemRandom), reportId: sampleId(number), step, basedOn })
const handle = (staff: Staff, asked: HandleCommand) => handleReport({ log, clock: systemClock }, staff, asked)
const records = async () => (await log.statistics('outages')).events

describe('handleReport', () => {
  it('claims, releases, resolves and reopens, each on what was seen', async () => {
    const claimed = await handle(one, command(1, 'claimed'))
    expect(claimed).toMatchObject({ state: 'claimed', by: { staffId: one.staffId, name: 'Agent 0' } })
    await expect(handle(other, command(1, 'released', claimed.stepId))).rejects.toMatchObject({ code: 'conflict', handling: claimed })
    const taken = await handle(other, command(1, 'claimed', claimed.stepId))
    expect(taken.by?.staffId).toBe(other.staffId)
    const resolved = await handle(other, { ...command(1, 'resolved', taken.stepId), note: 'A fuse.' })
    expect(await handle(one, command(1, 'reopened', resolved.stepId))).toMatchObject({ state: 'new', by: null })
    expect((await findHandling(log, sampleId(1), 10)).map(({ data: { step, note } }) => [step, note])).toEqual([['claimed', undefined], ['claimed', undefined], ['resolved', 'A fuse.'], ['reopened', undefined]])
  })

  it('lets one of fifty at once win; the others are told who, and nothing is lost', async () => {
    const asked = agents.map((agent, number) => ({ agent, asked: command(2, number % 2 === 0 ? 'claimed' : 'resolved') }))
    const outcomes = await Promise.allSettled(asked.map(({ agent, asked: it }) => handle(agent, it)))
    const won = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
    expect(won).toHaveLength(1)
    const standing = handlingOf(await findHandling(log, sampleId(2), 10))
    expect(standing).toEqual(won[0])
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ name: 'HandlingConflictError', handling: standing })
  })

  it('takes the same command again for what it was, also after others', async () => {
    const first = command(3, 'claimed')
    const claimed = await handle(one, first)
    const before = await records()
    expect(await Promise.all([handle(one, first), handle(one, { ...first, handlingId: first.handlingId.toUpperCase() })])).toEqual([claimed, claimed])
    const resolved = await handle(one, command(3, 'resolved', claimed.stepId))
    expect(await handle(one, first)).toEqual(resolved)
    expect(await records()).toBe(before + 1)
  })

  it('refuses whoever may not, what is no report, what is not allowed where it stands, and what stands on nothing', async () => {
    const before = await records()
    await expect(handle({ ...one, role: 'auditor' }, command(4, 'claimed'))).rejects.toThrow(ForbiddenError)
    await expect(handle(one, command(99, 'claimed'))).rejects.toThrow(NotFoundError)
    await expect(handle(one, { ...command(4, 'claimed'), handlingId: 'mine' })).rejects.toThrow(InvalidInputError)
    await expect(handle(one, command(4, 'reopened'))).rejects.toThrow(HandlingConflictError)
    await expect(handle(one, command(4, 'claimed', sampleId(4)))).rejects.toThrow(HandlingConflictError)
    await log.append([sampleNewEvent(sampleMatch(4, 4))])
    const { id } = sampleNewEvent(sampleMatch(4, 4))
    await expect(handle(one, { ...command(4, 'claimed'), reportId: id })).rejects.toThrow(NotFoundError)
    expect(await records()).toBe(before + 1)
  })
})
