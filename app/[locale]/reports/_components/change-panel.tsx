'use client'
import { type ReactNode, useEffect, useId, useRef } from 'react'
import { Callout } from '../../../../components/callout.tsx'
import type { ReportRecord } from '../../../../worker/outbox/report-record.ts'
import type { PageOutbox } from '../../report/_components/page-outbox.ts'
import { useReportText } from '../../report/_components/report-text.tsx'
import { useReportsText } from './reports-text.tsx'
import styles from './change-panel.module.css'

export interface PanelProps {
  record: ReportRecord
  page: PageOutbox
  /** The report, or something added to it, named a danger. */
  hazardous: boolean
  onClose: () => void
  /** After the durable commit. */
  onSaved: () => void
}

/** Opens below the report that it is about and takes the focus. @param refused the browser did not keep what was said */
export function ChangePanel({ title, refused, children }: { title: string; refused: boolean; children: ReactNode }) {
  const { phones } = useReportText()
  const words = useReportsText()
  const titleId = useId()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  return (
    <section className={styles.panel} aria-labelledby={titleId}>
      <h3 id={titleId} ref={heading} tabIndex={-1} className={styles.title}>
        {title}
      </h3>
      {children}
      {refused ? (
        <Callout kind="warn" title={words('notKeptTitle')} announce>
          <p>{words('notKeptText', { number: phones.outageLine.shown })}</p>
        </Callout>
      ) : null}
    </section>
  )
}
