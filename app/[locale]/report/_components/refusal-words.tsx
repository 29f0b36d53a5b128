'use client'
import type { Delivery } from '../../../../worker/outbox/report-record.ts'
import { refusedFields } from './refused-fields.ts'
import { useReportText } from './report-text.tsx'

/** Why the door did not take it, as exactly as the door has said. */
export function RefusalWords({ attention: { reason, errors } }: { attention: NonNullable<Delivery['attention']> }) {
  const { text } = useReportText()
  const isTooLong = errors.some(({ rule }) => rule === 'max-bytes')
  const fields = refusedFields(errors).map((field) => text(field))
  return (
    <>
      {text(isTooLong ? 'attentionTooLong' : `attention.${reason}`)} {fields.length > 0 ? text('attentionFields', { fields: fields.join(', ') }) : null}
    </>
  )
}
