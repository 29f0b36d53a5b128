import type { ServerResponse } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Problem } from '../../../domain/problem.ts'
import { DOOR_HEADERS, REPORT_HEADERS } from '../../../domain/report-limits.ts'
import { LogUnavailableError, OverloadedError } from '../../../server/platform/errors.ts'
import type { Arrival } from './admission.ts'
import type { Refusal } from './admission-refusal.ts'
import type { DoorContext } from './context.ts'
import { sendSlots } from './door-metrics.ts'

/** What a request says before its body is read. */
export function arrivalOf({ method, headers }: Pick<FastifyRequest, 'method' | 'headers'>): Arrival {
  const reading = method !== 'POST'
  const ticket = headers[REPORT_HEADERS.slot]
  return { reading, saysHazard: !reading && headers[REPORT_HEADERS.priority] === 'hazard', ticket: typeof ticket === 'string' ? ticket : undefined }
}

/** On every answer to a report, a follow-up and the keys: what a phone's clock and its next return go by. */
export function tellTimes(response: ServerResponse, { admission, clock }: Pick<DoorContext, 'admission' | 'clock'>): void {
  response.setHeader(DOOR_HEADERS.serverTime, new Date(clock.nowMs()).toISOString())
  response.setHeader(DOOR_HEADERS.spreadMs, admission.spreadMs)
}

/** When to come back, with the ticket that is then shown. */
export function tellSlot(response: ServerResponse, { slot }: Refusal): void {
  if (!slot) return
  response.setHeader(DOOR_HEADERS.slot, slot.ticket)
  response.setHeader(DOOR_HEADERS.slotMs, slot.inMs)
  sendSlots.inc({ outcome: 'given' })
}

/**
 * A report that had a place and was refused after all gets a slot too: a log that is down would otherwise call every phone back
 * at the same moment, again and again. A hazard keeps the short time of its problem.
 */
export function slotForRefused(error: unknown, problem: Problem, request: FastifyRequest, reply: FastifyReply, { admission }: Pick<DoorContext, 'admission'>): void {
  const { reading, saysHazard, ticket } = arrivalOf(request)
  if (!request.place || reading) return
  if (!(error instanceof OverloadedError) && (saysHazard || !(error instanceof LogUnavailableError))) return
  const soonestMs = error instanceof OverloadedError ? undefined : (problem.retryAfterSeconds ?? 0) * 1_000
  const refusal = admission.refusal({ saysHazard: false, ticket }, soonestMs)
  problem.retryAfterSeconds = refusal.retryAfterSeconds
  tellSlot(reply.raw, refusal)
}
