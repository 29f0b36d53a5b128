'use client'
import type { RefObject } from 'react'
import { Button } from '../../../../components/button.tsx'
import type { ReportRecord } from '../../../../worker/outbox/report-record.ts'
import { fieldsOfPlace } from './fields-from-report.ts'
import { restoreFields } from './form-fields.ts'
import { lastPlace } from './own-reports.ts'
import { useReportText } from './report-text.tsx'
import styles from './report-form.module.css'

interface Props {
  form: RefObject<HTMLFormElement | null>
  reports: readonly ReportRecord[]
  onChange: () => void
}

/** Where this phone reported last, in one tap instead of typing. */
export function LastPlace({ form, reports, onChange }: Props) {
  const { text } = useReportText()
  const last = lastPlace(reports)
  if (!last) return null
  return (
    <Button size="large" className={styles.wide} onClick={fill}>
      <span className={styles.twoLines}>
        <span>{text('lastPlace')}</span>
        <span className={styles.place}>{last.shown}</span>
      </span>
    </Button>
  )

  function fill() {
    if (!form.current || !last) return
    restoreFields(form.current, fieldsOfPlace(last.place))
    form.current.dispatchEvent(new Event('restored'))
    onChange()
  }
}
