import { z } from 'zod'
import type { Clock } from '../../domain/clock.ts'
import type { OutageHandled } from '../../domain/event.ts'
import { HANDLING_STEPS } from '../../domain/handling-steps.ts'
import { type Handling, handlingOf, NEXT_HANDLING } from '../../domain/handling.ts'
import { staffMay } from '../../domain/staff-permissions.ts'
import type { Staff } from '../identity/staff.ts'
import { ConflictError, ForbiddenError, InvalidInputError, NotFoundError } from '../platform/errors.ts'
import type { EventLog } from '../platform/event-log/event-log.ts'
import { fieldProblems } from '../platform/field-problems.ts'
import { findHandling, handlingEvent } from './handling-events.ts'

/** Of one report: nobody hands one over so often, and each look at its handling reads them all. */
const MOST_STEPS = 500

const commandSchema = z.object({
  /** Made with the command, and kept at each try. */
  handlingId: z.uuid({ version: 'v7' }).toLowerCase(),
  reportId: z.uuid().toLowerCase(),
  step: z.enum(HANDLING_STEPS),
  /** The newest step that was seen; null when there was none. */
  basedOn: z.uuid().toLowerCase().nullable(),
  note: z.string().trim().min(1).max(1_000).optional(),
})
export type HandleCommand = z.input<typeof commandSchema>

/** Somebody else did something with the report first: how it stands now. */
export class HandlingConflictError extends ConflictError {
  readonly handling: Handling
  constructor(handling: Handling) {
    super('Somebody else did something with this report first')
    this.handling = handling
  }
}

/**
 * Claims, releases, resolves or reopens a report for a member of staff: in the log before this resolves. Needs the log alone.
 * Of two commands that are based on the same step the log's first counts; the same command again changes nothing.
 * @returns how the report stands then
 * @throws ForbiddenError @throws InvalidInputError @throws NotFoundError @throws LogUnavailableError
 * @throws HandlingConflictError it stands otherwise than was seen, and nothing was changed
 * @throws IndeterminateError it may stand: the same command again is harmless
 */
export async function handleReport({ log, clock }: { log: Pick<EventLog, 'find' | 'append'>; clock: Clock }, staff: Staff, input: HandleCommand): Promise<Handling> {
  if (!staffMay(staff.role, 'report.handle')) throw new ForbiddenError('This role does not handle reports')
  const parsed = commandSchema.safeParse(input)
  if (!parsed.success) throw new InvalidInputError(fieldProblems(parsed.error))
  const command = parsed.data
  const { reportId, handlingId, step, basedOn } = command
  if ((await log.find('outages', reportId))?.envelope.type !== 'outage.reported.v1') throw new NotFoundError('No report under this id')

  const before = await findHandling(log, reportId, MOST_STEPS)
  const handling = handlingOf(before)
  if (before.some(({ data }) => data.handlingId === handlingId)) return handling
  if (before.length >= MOST_STEPS) throw new InvalidInputError([{ field: '/step', rule: 'most-steps', fix: `Take a report in hand ${MOST_STEPS} times at most` }])
  const isOthers = step === 'released' && handling.by?.staffId !== staff.staffId
  if (handling.stepId !== basedOn || !NEXT_HANDLING[handling.state][step] || isOthers) throw new HandlingConflictError(handling)

  const { staffId, name } = staff
  const [appended] = await log.append([handlingEvent({ ...command, at: new Date(clock.nowMs()).toISOString(), actor: { staffId, name: name.slice(0, 160) } })])
  const { outcome, first } = appended!
  // Whoever was first under this id was first with a step on the same one.
  const after = handlingOf([...before, { stepId: first.envelope.id, lost: false, data: first.envelope.data as OutageHandled }])
  if (outcome === 'conflicting') throw new HandlingConflictError(after)
  return after
}
