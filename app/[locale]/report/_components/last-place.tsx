'use client'
import { type RefObject, useEffect, useRef, useState } from 'react'
import { Button } from '../../../../components/button.tsx'
import type { ReportRecord } from '../../../../worker/outbox/report-record.ts'
import { fieldsOfPlace } from './fields-from-report.ts'
import { restoreFields } from './form-fields.ts'
import { lastPlace } from './own-reports.ts'
import { useReportText } from './report-text.tsx'
import type { Place } from './same-place.ts'
import styles from './report-form.module.css'

interface Props {
  form: RefObject<HTMLFormElement | null>
  reports: readonly ReportRecord[]
  /** As far as it is filled in. */
  place: Place
  onChange: () => void
}

/**
 * Where this phone reported last, in one tap instead of typing. The button makes room for what it did, and that takes
 * the focus: in the field a phone would open its keyboard.
 */
export function LastPlace({ form, reports, place, onChange }: Props) {
  const { text } = useReportText()
  const [filled, setFilled] = useState(false)
  const done = useRef<HTMLParagraphElement>(null)
  const last = lastPlace(reports)
  const isEmpty = Object.keys(place).length === 0

  useEffect(() => {
    if (filled) done.current?.focus()
  }, [filled])

  if (!last) return null
  if (!isEmpty) {
    return filled && saysTheSame(place, last.place) ? (
      <p ref={done} tabIndex={-1} className={styles.finding}>
        {text('lastPlaceFilled', { place: last.shown })}
      </p>
    ) : null
  }
  if (filled) setFilled(false)
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
    setFilled(true)
  }
}

function saysTheSame(one: Place, other: Place): boolean {
  return one.address === other.address && one.phone === other.phone && one.accountNumber === other.accountNumber
}
