'use client'
import { AgeNote } from '../../../../components/age-note.tsx'
import { StatusBadge } from '../../../../components/status-badge.tsx'
import type { UndeliveredEntry } from '../../../../server/outages/list-undelivered.ts'
import { useDeskText } from '../../_components/desk-text.tsx'
import { RedoButton } from './redo-button.tsx'
import styles from './undelivered.module.css'

/** One dead letter: what it is, why it was refused, since when, and the way back into the queue. */
export function UndeliveredRow({ delivery, mayRedo, onTold }: { delivery: UndeliveredEntry; mayRedo: boolean; onTold: (words: string) => void }) {
  const { text, locale, time } = useDeskText()
  const { deliveryId, reportId, reference, kind, where, hazardous, acceptedAt, refusedAt, status, reason, round } = delivery
  const what = text(`desk.delivery.kinds.${kind}`)
  return (
    <li className={hazardous ? `${styles.row} ${styles.hazard}` : styles.row}>
      <div className={styles.what}>
        <a href={`/desk/reports/${reportId}`}>{where || reference}</a>
        <p className={styles.soft}>{`${what} · ${reference}`}</p>
        <p>{reason}</p>
        <p className={styles.soft}>
          {[status === null ? null : text('desk.delivery.status', { status: String(status) }), text('desk.delivery.refusedTimes', { count: round }), text('desk.delivery.accepted', { time: time(acceptedAt) })]
            .filter(Boolean)
            .join(' · ')}
        </p>
      </div>
      <div className={styles.side}>
        {hazardous ? <StatusBadge tone="danger" label={text('desk.showHazards')} /> : null}
        <AgeNote asOf={refusedAt} locale={locale} before={text('desk.delivery.refused')} fallback={time(refusedAt)} />
        {mayRedo ? <RedoButton deliveryId={deliveryId} reference={reference} kind={kind} onTold={onTold} /> : null}
      </div>
    </li>
  )
}
