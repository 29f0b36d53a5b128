import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isHazardous } from '../../../domain/outage-report.ts'
import { REPORT_HEADERS, REPORT_LIMITS } from '../../../domain/report-limits.ts'
import { reportOutage, type ReportInput, type ReportResult } from '../../../server/outages/report-outage.ts'
import { sendProblem, unsupportedMediaType } from '../problem.ts'
import type { Place } from './admission.ts'
import type { DoorContext } from './context.ts'
import { deliveryOf } from './delivery.ts'
import { appendSeconds, reportsAccepted, reportsInFlight, reportsRefused, reportsRepeated } from './door-metrics.ts'
import { arrivalOf, tellSlot, tellTimes } from './send-slots-headers.ts'

declare module 'fastify' {
  interface FastifyRequest {
    place: Place | null
  }
}

/** `POST /api/v1/outage-reports`: 201 for a new report, 200 for one that the log had; both with the same receipt. */
export function outageReports(app: FastifyInstance, context: DoorContext): void {
  app.post('/api/v1/outage-reports', { bodyLimit: REPORT_LIMITS.bodyBytes, onRequest: admit(context) }, (request, reply) =>
    answerCommand(request, reply, (place, sent) => takeReport(context, place, sent)),
  )
}

/** A frozen body as it came, with what its headers say. */
export type SentCommand = Pick<ReportInput, 'bytes' | 'secret' | 'delivery' | 'traceparent'>

/** 201 or 200 with the receipt. The request has its place from `admit`. */
export async function answerCommand(
  request: FastifyRequest,
  reply: FastifyReply,
  take: (place: Place, sent: SentCommand) => Promise<ReportResult>,
): Promise<FastifyReply> {
  const place = request.place!
  place.begin()
  try {
    if (!Buffer.isBuffer(request.body)) return sendProblem(reply, unsupportedMediaType(request.trace.traceId))
    const { outcome, receipt } = await take(place, {
      bytes: request.body,
      secret: header(request, REPORT_HEADERS.secret),
      delivery: deliveryOf(request.headers),
      traceparent: request.trace.traceparent,
    })
    return await reply.code(outcome === 'accepted' ? 201 : 200).header('content-type', 'application/json').send(JSON.stringify(receipt))
  } finally {
    place.end()
  }
}

/** Before a body is read or the log is asked: a place among the reports in work, or a refusal made beforehand. */
export function admit(context: Pick<DoorContext, 'admission' | 'clock'>) {
  const { admission } = context
  return (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    tellTimes(reply.raw, context)
    const encoding = request.headers['content-encoding']
    if (encoding !== undefined && encoding !== 'identity') {
      sendProblem(reply, unsupportedMediaType(request.trace.traceId))
      return
    }
    const arrival = arrivalOf(request)
    const { saysHazard, reading } = arrival
    request.place = admission.enter(arrival, reply.raw)
    if (request.place) return done()
    const refusal = admission.refusal(arrival)
    const { body, retryAfterSeconds } = refusal
    tellSlot(reply.raw, refusal)
    if (!reading) reportsRefused.inc({ reason: saysHazard ? 'overload-hazard' : 'overload' })
    void reply
      .code(503)
      .header('content-type', 'application/problem+json')
      .header('retry-after', retryAfterSeconds)
      .send(body)
  }
}

/** The verb with the door's own duties: a claimed hazard must be one, and every outcome is counted. */
export async function takeReport(context: DoorContext, place: Place, input: SentCommand): Promise<ReportResult> {
  const result = await takeCommand(context, place, (admitted) => reportOutage(context, { ...input, admit: (report) => admitted(isHazardous(report)) }))
  if (result.outcome === 'accepted') reportsAccepted.inc()
  else reportsRepeated.inc()
  context.logger.debug({ traceparent: input.traceparent, reportId: result.receipt.id, outcome: result.outcome }, 'a report was taken')
  return result
}

/** @param verb calls `admitted` once its body is parsed, before it touches the log; that throws when there is no room for it */
export async function takeCommand(context: DoorContext, place: Place, verb: (admitted: (hazardous: boolean) => void) => Promise<ReportResult>): Promise<ReportResult> {
  let startedMs = 0
  let appended: ((taken: boolean) => void) | undefined
  reportsInFlight.inc()
  try {
    const result = await verb((hazardous) => {
      if (place.onlyForHazard && !hazardous) throw context.admission.overloaded()
      startedMs = context.clock.monotonicMs()
      appended = context.admission.appending()
    })
    appended?.(true)
    appendSeconds.observe((context.clock.monotonicMs() - startedMs) / 1000)
    return result
  } catch (error) {
    appended?.(false)
    reportsRefused.inc({ reason: reasonOf(error) })
    throw error
  } finally {
    reportsInFlight.dec()
  }
}

function reasonOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : 'internal'
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name]
  return typeof value === 'string' ? value : undefined
}
