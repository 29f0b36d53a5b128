'use client'
import { ButtonLink } from '../../../../components/button.tsx'
import { Callout } from '../../../../components/callout.tsx'
import type { ReportRecord } from '../../../../worker/outbox/report-record.ts'
import { useReportText } from './report-text.tsx'
import styles from './report-form.module.css'

/** Another tab sent the draft that this form had, with other words: these stay, and go nowhere by themselves. */
export function OvertakenNotice({ record }: { record: ReportRecord }) {
  const { text, locale } = useReportText()
  return (
    <Callout kind="warn" title={text('overtakenTitle')} announce>
      <p>{text('overtaken', { reference: record.reference })}</p>
      <p className={styles.actions}>
        <ButtonLink href={`/${locale}/reports#${record.id}`}>{text('knownAdd')}</ButtonLink>
      </p>
    </Callout>
  )
}
