'use client'
import { useEffect, useRef, useState } from 'react'
import { Button } from '../../../../components/button.tsx'
import spoken from '../../../../components/spoken.module.css'
import type { ReportRecord } from '../../../../worker/outbox/report-record.ts'
import type { OutboxView } from '../../report/_components/outbox-view.ts'
import type { PageOutbox } from '../../report/_components/page-outbox.ts'
import { AdditionPanel } from './addition-panel.tsx'
import { useReportsText } from './reports-text.tsx'
import { WithdrawPanel } from './withdraw-panel.tsx'
import styles from './change-panel.module.css'

/** Which form stands open; one at a time on the whole page. */
export interface OpenPanel {
  reportId: string
  kind: 'add' | 'withdraw'
}

interface Props {
  record: ReportRecord
  page: PageOutbox
  view: OutboxView
  hazardous: boolean
  /** It is withdrawn, or that is on its way. */
  withdrawing: boolean
  panel: OpenPanel | null
  onPanel: (panel: OpenPanel | null) => void
}

/** What can still be said about a report. A withdrawal is the last word, and what is said about a refused report goes nowhere. */
export function ReportActions({ record, page, view: { outbox, who }, hazardous, withdrawing, panel, onPanel }: Props) {
  const words = useReportsText()
  const [saved, setSaved] = useState(false)
  const openers = useRef<HTMLDivElement>(null)
  const open = panel?.reportId === record.id ? panel.kind : null
  const wasOpen = useRef(open)
  const panelProps = { record, page, hazardous, onClose: close, onSaved: noteSaved }

  // The focus goes back to where the form was opened, or to the report that it has changed.
  useEffect(() => {
    const closed = open === null ? wasOpen.current : null
    wasOpen.current = open
    if (closed === null || panel !== null) return
    if (saved) document.getElementById(record.id)?.focus()
    else openers.current?.querySelector<HTMLElement>(`[data-opens=${closed}]`)?.focus()
  }, [open, panel, saved, record.id])

  return (
    <div className={styles.actionsOfReport}>
      <output className={spoken.spoken}>{saved ? words('changeKept') : ''}</output>
      {outbox && !withdrawing && !record.attention ? (
        <div ref={openers} className={styles.actions} hidden={open !== null}>
          <Button data-opens="add" onClick={() => show('add')}>
            {words('add')}
          </Button>
          <Button look="quiet" data-opens="withdraw" onClick={() => show('withdraw')}>
            {words('withdraw')}
          </Button>
        </div>
      ) : null}
      {outbox && open === 'add' && !withdrawing ? <AdditionPanel key={who.loginId} {...panelProps} outbox={outbox} loginId={who.loginId} /> : null}
      {open === 'withdraw' ? <WithdrawPanel {...panelProps} /> : null}
    </div>
  )

  function show(kind: OpenPanel['kind']) {
    setSaved(false)
    onPanel({ reportId: record.id, kind })
  }

  function close() {
    onPanel(null)
  }

  function noteSaved() {
    setSaved(true)
    onPanel(null)
  }
}
