import type { Clock, Random } from '../../../domain/clock.ts'
import type { FollowedReport } from '../../../domain/followed-report.ts'
import type { Utility } from '../../../domain/utility.ts'
import type { EventLog } from '../../../server/platform/event-log/event-log.ts'
import type { Logger } from '../../../server/platform/logger.ts'
import type { Receipts } from '../../../server/platform/receipts.ts'
import type { Admission } from './admission.ts'
import type { DoorLimits } from './limits.ts'

/** What a projection knows of a report beyond the log. */
export interface KnownStanding extends Pick<FollowedReport, 'state' | 'confirmation' | 'additions'> {
  /** ISO 8601 UTC of what was last folded. */
  asOf: string
}

export interface DoorContext {
  log: Pick<EventLog, 'append' | 'find'>
  receipts: Receipts
  clock: Clock
  random: Random
  utility: Utility
  logger: Logger
  publicUrl: string
  limits: DoorLimits
  admission: Admission
  /** Given by main when there are projections; the door asks no longer than 150 ms and does without. */
  statusOf?: (id: string) => Promise<KnownStanding | null>
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Of this request: in the event, the logs, every refusal and the answer's `traceparent`. */
    trace: { traceparent: string; traceId: string }
  }
}
