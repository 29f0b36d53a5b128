'use client'
import { useState } from 'react'
import { Button } from '../../../../components/button.tsx'
import { STILL_OUT_ANSWERS, type StillOutAnswer } from '../../../../domain/follow-up-choices.ts'
import type { ReportRecord } from '../../../../worker/outbox/report-record.ts'
import type { OutboxView } from '../../report/_components/outbox-view.ts'
import type { PageOutbox } from '../../report/_components/page-outbox.ts'
import { focusHeadingOf } from '../../report/_components/focus-heading-of.ts'
import { useReportText } from '../../report/_components/report-text.tsx'
import { useReportStanding } from '../../report/_components/use-report-standing.ts'
import { followUpsOf } from './follow-ups-of.ts'
import { waitedLongMs } from './waited-long.ts'
import styles from './still-out-question.module.css'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** Asks whether the power is still out when the report waited long on this phone; nothing when there is nothing to ask. */
export function StillOutQuestion({ record, page, view }: { record: ReportRecord; page: PageOutbox; view: OutboxView }) {
  const { text, locale, phones } = useReportText()
  const { standing } = useReportStanding(record)
  const [phase, setPhase] = useState<'open' | 'saving' | 'refused'>('open')
  const waitedMs = waitedLongMs(record, followUpsOf(view, record.id), standing)
  if (waitedMs === null) return null
  const titleId = `still-out-${record.id}`
  return (
    <section className={styles.question} aria-labelledby={titleId}>
      <h3 id={titleId} className={styles.title}>
        {text('stillOut.question', { duration: durationIn(locale, waitedMs) })}
      </h3>
      <p>{text('stillOut.why')}</p>
      <p className={styles.answers}>
        {STILL_OUT_ANSWERS.map((choice) => (
          <Button key={choice} size="large" disabled={phase === 'saving'} onClick={(event) => void answer(choice, event.currentTarget.closest('article'))}>
            {text(`stillOut.${choice}`)}
          </Button>
        ))}
      </p>
      {phase === 'refused' ? <p role="alert">{text('stillOut.refused', { number: phones.outageLine.shown })}</p> : null}
    </section>
  )

  /** @param card taken before the answer is kept: its buttons are gone then */
  async function answer(choice: StillOutAnswer, card: Element | null) {
    setPhase('saving')
    const kept = await page.followUp(record.id, { locale, channel: 'web', kind: 'still-out', answer: choice })
    setPhase(kept ? 'open' : 'refused')
    if (kept) focusHeadingOf(card)
  }
}

/** The largest whole unit: "3 hours", "8 days". */
function durationIn(locale: string, durationMs: number): string {
  const inUnit = (unit: string, unitMs: number) => new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(Math.floor(durationMs / unitMs))
  if (durationMs >= 2 * DAY_MS) return inUnit('day', DAY_MS)
  return durationMs >= HOUR_MS ? inUnit('hour', HOUR_MS) : inUnit('minute', MINUTE_MS)
}
