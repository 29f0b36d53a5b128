'use client'
import type { ReportFollowUp } from '../../../../domain/report-follow-up.ts'
import { type FollowUpRecord, type ReportRecord, stateOf } from '../../../../worker/outbox/report-record.ts'
import type { OutboxView } from '../../report/_components/outbox-view.ts'
import type { PageOutbox } from '../../report/_components/page-outbox.ts'
import { refusedFields } from '../../report/_components/refused-fields.ts'
import { useReportText } from '../../report/_components/report-text.tsx'
import { RetryButton } from '../../report/_components/retry-button.tsx'
import { followUpsOf } from './follow-ups-of.ts'
import { readFollowUp } from './read-body.ts'
import { REASON_WORDS } from './reason-words.ts'
import { useReportsText } from './reports-text.tsx'
import styles from './own-report.module.css'

/** What was said about a report since it was saved, each with its own true state. */
export function ReportChanges({ record, page, view }: { record: ReportRecord; page: PageOutbox; view: OutboxView }) {
  const words = useReportsText()
  const changes = followUpsOf(view, record.id)
  const titleId = `changes-${record.id}`
  if (changes.length === 0) return null
  return (
    <section aria-labelledby={titleId} className={styles.changes}>
      <h3 id={titleId} className={styles.changesTitle}>
        {words('changes')}
      </h3>
      <ul role="list" className={styles.changeList}>
        {changes.map((change) => (
          <Change key={change.id} change={change} report={record} page={page} view={view} />
        ))}
      </ul>
    </section>
  )
}

function Change({ change, report, page, view }: { change: FollowUpRecord; report: ReportRecord; page: PageOutbox; view: OutboxView }) {
  const { text, phones, timeOf } = useReportText()
  const words = useReportsText()
  const state = stateOf(change, view.atMs)
  const said = readFollowUp(change)
  return (
    <li className={styles.change} data-change={change.kind} data-state={state}>
      {said ? <Said said={said} /> : null}
      <p className={styles.changeState}>{stateWords()}</p>
      {state === 'needs-attention' ? (
        <p>
          <RetryButton id={change.id} onRetry={page.retry} />
        </p>
      ) : null}
    </li>
  )

  function refusalWords({ errors, traceId }: NonNullable<FollowUpRecord['attention']>): string {
    const fields = refusedFields(errors).map((field) => text(field))
    return [
      words('changeRefused', { number: phones.outageLine.shown }),
      fields.length > 0 && text('attentionFields', { fields: fields.join(', ') }),
      traceId && text('attentionCode', { code: traceId.slice(0, 8) }),
    ]
      .filter(Boolean)
      .join(' ')
  }

  function stateWords(): string {
    if (change.received) return text('receivedAt', { time: timeOf(Date.parse(change.received.acceptedAt)) })
    if (change.attention) return refusalWords(change.attention)
    if (state === 'sending') return text('state.sending')
    if (view.disk !== 'works') return words(report.attention ? 'changeMemoryStuck' : 'changeMemory')
    const way = report.received ? 'changeSaved' : report.attention ? 'changeStuck' : 'changeSavedBehind'
    return words(way, { time: timeOf(change.savedAtMs) })
  }
}

function Said({ said }: { said: ReportFollowUp }) {
  const { text } = useReportText()
  const words = useReportsText()
  if (said.kind === 'withdraw') return <p>{words('saidWithdraw', { reason: words(REASON_WORDS[said.reason]) })}</p>
  if (said.kind === 'still-out') return <p>{words(`saidStillOut.${said.answer}`)}</p>
  const parts = [
    ...(said.hazards ?? []).map((hazard) => text(`hazard.${hazard}`)),
    said.scope && `${text('scopeQuestion')} ${text(`scope.${said.scope}`)}`,
    said.medicalEquipment && text('medicalEquipment'),
    said.accessNotes,
    said.callbackPhone && `${text('callbackPhone')}: ${said.callbackPhone}`,
  ].filter((part) => typeof part === 'string')
  return (
    <>
      <p>{words('saidAdd')}</p>
      <ul className={styles.added}>
        {parts.map((part) => (
          <li key={part}>{part}</li>
        ))}
      </ul>
    </>
  )
}
