'use client'
import { useState } from 'react'
import { Button } from '../../../../../components/button.tsx'
import { Callout } from '../../../../../components/callout.tsx'
import { TextArea } from '../../../../../components/text-field.tsx'
import { type HandlingFact, handlingOf } from '../../../../../domain/handling.ts'
import type { HandlingStep } from '../../../../../domain/handling-steps.ts'
import type { Staff } from '../../../../../server/identity/staff.ts'
import { useDeskKeys } from '../../../_components/desk-keys.tsx'
import { useDeskText } from '../../../_components/desk-text.tsx'
import { handlingText } from '../../../_components/handling-text.ts'
import { useHandling, withPending } from '../../../_components/use-handling.ts'
import styles from '../report.module.css'

const MOST_NOTE_CHARS = 1_000

interface HandlingPanelProps {
  id: string
  reference: string
  handlings: readonly HandlingFact[]
  /** A danger was added since it was resolved. */
  reopens: boolean
  staff: Pick<Staff, 'staffId' | 'name'>
  mayHandle: boolean
}

/** Who has the report, what may be done with it, and what was done. */
export function HandlingPanel({ id, reference, handlings, reopens, staff, mayHandle }: HandlingPanelProps) {
  const { text } = useDeskText()
  const [said, setSaid] = useState('')
  const [note, setNote] = useState('')
  const { act, pending } = useHandling(staff, setSaid)
  const report = withPending({ id, reference, handling: handlingOf(handlings) }, pending)
  const { state, by } = report.handling
  const isMine = by?.staffId === staff.staffId
  const done = (step: HandlingStep) => {
    if (!mayHandle) return
    void act(report, step, step === 'resolved' ? note.trim() : '')
    if (step === 'resolved') setNote('')
  }
  useDeskKeys({
    c: () => (state === 'claimed' && isMine ? done('released') : state === 'resolved' ? false : done('claimed')),
    r: () => (state === 'resolved' ? false : done('resolved')),
    u: () => (state === 'resolved' ? done('reopened') : false),
  })
  return (
    <section className={styles.section}>
      <h2>{text('desk.handling.title')}</h2>
      <p className={styles.standing}>{handlingText(text, report.handling, staff.staffId) ?? text('desk.handling.nobody')}</p>
      {state === 'resolved' && reopens ? <Callout kind="danger" title={text('desk.handling.dangerSince')} /> : null}
      {mayHandle ? (
        <>
          {state === 'resolved' ? null : (
            <TextArea label={text('desk.handling.note')} rows={2} maxLength={MOST_NOTE_CHARS} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
          )}
          <div className={styles.steps}>
            {state === 'resolved' ? (
              <Button onClick={() => done('reopened')}>{text('desk.handling.reopen')}</Button>
            ) : (
              <>
                {/* One button, whatever it does now: it keeps the focus. */}
                <Button onClick={() => done(isMine ? 'released' : 'claimed')}>{text(isMine ? 'desk.handling.release' : state === 'new' ? 'desk.handling.claim' : 'desk.handling.takeOver')}</Button>
                <Button look="primary" onClick={() => done('resolved')}>
                  {text('desk.handling.resolve')}
                </Button>
              </>
            )}
          </div>
        </>
      ) : null}
      <p role="status">{said}</p>
      <HandlingHistory handlings={handlings} />
    </section>
  )
}

function HandlingHistory({ handlings }: Pick<HandlingPanelProps, 'handlings'>) {
  const { text, time } = useDeskText()
  const counted = new Set<HandlingFact>()
  handlingOf(handlings, (fact) => counted.add(fact))
  if (handlings.length === 0) return null
  return (
    <ol role="list" className={styles.history}>
      {handlings.map((fact) => {
        const { step, actor, at, note, handlingId } = fact.data
        return (
          <li key={`${fact.stepId} ${handlingId}`} className={counted.has(fact) ? undefined : styles.second}>
            {text(`desk.handling.steps.${step}`, { name: actor.name })}, <time dateTime={at}>{time(at)}</time>
            {counted.has(fact) ? '' : ` (${text('desk.handling.second')})`}
            {note ? <p>{note}</p> : null}
          </li>
        )
      })}
    </ol>
  )
}
