'use client'
import { useState } from 'react'
import type { DeskReport } from '../../../../../server/outages/get-desk-report.ts'
import { useDeskText } from '../../../_components/desk-text.tsx'
import { RedoButton } from '../../../undelivered/_components/redo-button.tsx'
import styles from '../report.module.css'

/** Whether the core system has the report, and each thing that was said of it later; what it refused can be queued again. */
export function DeliveryFacts({ deliveries, reference }: Pick<DeskReport, 'deliveries'> & { reference: string }) {
  const { text } = useDeskText()
  const [told, setTold] = useState('')
  return (
    <section className={styles.section}>
      <h2>{text('desk.delivery.section')}</h2>
      <dl className={styles.facts}>
        {deliveries.map((delivery) => (
          <div key={delivery.deliveryId} className={styles.fact}>
            <dt>{text(`desk.delivery.kinds.${delivery.kind}`)}</dt>
            <dd>
              <Standing delivery={delivery} reference={reference} onTold={setTold} />
            </dd>
          </div>
        ))}
      </dl>
      <p className={styles.note} role="status">
        {told}
      </p>
    </section>
  )
}

function Standing({ delivery, reference, onTold }: { delivery: DeskReport['deliveries'][number]; reference: string; onTold: (words: string) => void }) {
  const { text, time } = useDeskText()
  const { deliveryId, kind, standing: { state, since, coreReference, status, reason } } = delivery
  return (
    <>
      <p>{text(`desk.delivery.states.${state}`, { time: since === null ? '' : time(since) })}</p>
      {coreReference === null ? null : <p>{text('desk.delivery.reference', { reference: coreReference })}</p>}
      {state === 'refused' || state === 'requested' ? (
        <p>{[text('desk.delivery.reason', { reason: reason ?? '' }), status === null ? null : text('desk.delivery.status', { status: String(status) })].filter(Boolean).join(' · ')}</p>
      ) : null}
      {state === 'refused' ? <RedoButton deliveryId={deliveryId} kind={kind} reference={reference} onTold={onTold} /> : null}
    </>
  )
}
