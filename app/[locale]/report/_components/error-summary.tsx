'use client'
import type { MouseEvent, Ref, RefObject } from 'react'
import { Callout } from '../../../../components/callout.tsx'
import type { FieldFault } from './report-from-fields.ts'
import { useReportText } from './report-text.tsx'
import styles from './report-form.module.css'

/** Where each fault is put right: the first of these that can be seen. */
const FIELDS: Record<FieldFault, readonly string[]> = { scope: ['scope'], where: ['address', 'premise'], sinceAt: ['sinceAt'] }
const WORDS = { scope: 'errorScope', where: 'errorWhere', sinceAt: 'errorSinceAt' } as const

/** What has to be put right before the report can be saved, each a way to its field. Takes the focus when it appears. */
export function ErrorSummary({ ref, faults, form }: { ref: Ref<HTMLDivElement>; faults: readonly FieldFault[]; form: RefObject<HTMLFormElement | null> }) {
  const { text } = useReportText()
  return (
    <div ref={ref} tabIndex={-1} className={styles.summary} hidden={faults.length === 0}>
      <Callout kind="danger" title={text('errorTitle', { count: faults.length })}>
        <ul className={styles.summaryList}>
          {faults.map((fault) => (
            <li key={fault}>
              <a href={`#${FIELDS[fault][0]}`} onClick={(event) => goTo(event, fault)}>
                {text(WORDS[fault])}
              </a>
            </li>
          ))}
        </ul>
      </Callout>
    </div>
  )

  function goTo(event: MouseEvent, fault: FieldFault) {
    const fields = FIELDS[fault].map((name) => form.current?.querySelector<HTMLElement>(`[name="${name}"]`))
    const field = fields.find((candidate) => candidate != null && candidate.getClientRects().length > 0)
    if (!field) return
    event.preventDefault()
    field.focus()
    field.closest('fieldset')?.scrollIntoView({ block: 'start' })
  }
}
