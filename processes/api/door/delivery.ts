import type { IncomingHttpHeaders } from 'node:http'
import { deliverySchema, type OutageReported } from '../../../domain/event.ts'
import { REPORT_HEADERS } from '../../../domain/report-limits.ts'

const { attempt: attemptSchema, sentAt: sentAtSchema, elapsedMs: elapsedSchema } = deliverySchema.shape

/** Evidence about clocks and retries from the headers of a send. What is not well-formed is left out: it never costs a report. */
export function deliveryOf(headers: IncomingHttpHeaders): OutageReported['delivery'] {
  const attempt = attemptSchema.safeParse(numberIn(headers[REPORT_HEADERS.attempt]))
  const delivery: OutageReported['delivery'] = { attempt: attempt.success ? attempt.data : 1 }
  const sentAt = headers[REPORT_HEADERS.sentAt]
  if (sentAt !== undefined && sentAtSchema.safeParse(sentAt).success) delivery.sentAt = sentAt as string
  const elapsedMs = elapsedSchema.safeParse(numberIn(headers[REPORT_HEADERS.elapsedMs]))
  if (elapsedMs.success && elapsedMs.data !== undefined) delivery.elapsedMs = elapsedMs.data
  return delivery
}

function numberIn(value: string | string[] | undefined): number | undefined {
  return typeof value === 'string' && /^\d{1,15}(\.\d{1,9})?$/.test(value) ? Number(value) : undefined
}
