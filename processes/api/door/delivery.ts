import type { IncomingHttpHeaders } from 'node:http'
import { type Delivery, deliverySchema } from '../../../domain/event.ts'
import { REPORT_HEADERS } from '../../../domain/report-limits.ts'

const EVIDENCE = ['sentAt', 'elapsedMs', 'clockOffsetMs', 'clockErrorMs'] as const

/** Evidence about clocks and retries from the headers of a send. What is not well-formed is left out: it never costs a report. */
export function deliveryOf(headers: IncomingHttpHeaders): Delivery {
  const attempt = deliverySchema.shape.attempt.safeParse(numberIn(headers[REPORT_HEADERS.attempt]))
  const delivery: Record<string, unknown> = { attempt: attempt.success ? attempt.data : 1 }
  for (const name of EVIDENCE) {
    const text = headers[REPORT_HEADERS[name]]
    const value = name === 'sentAt' ? text : numberIn(text)
    if (value !== undefined && deliverySchema.shape[name].safeParse(value).success) delivery[name] = value
  }
  // Each member was taken by its own schema, and attempt is always there.
  return delivery as Delivery
}

function numberIn(value: string | string[] | undefined): number | undefined {
  return typeof value === 'string' && /^-?\d{1,15}(\.\d{1,9})?$/.test(value) ? Number(value) : undefined
}
