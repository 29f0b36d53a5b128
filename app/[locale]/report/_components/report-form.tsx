'use client'
import { type FormEvent, useRef, useState } from 'react'
import { Button } from '../../../../components/button.tsx'
import { ChoiceGroup } from '../../../../components/choice-group.tsx'
import { SCOPES } from '../../../../domain/report-choices.ts'
import { OutboxUnavailableError } from '../../../../worker/outbox/outbox-store.ts'
import { DetailsSection } from './details-section.tsx'
import { ErrorSummary } from './error-summary.tsx'
import { readFields } from './form-fields.ts'
import { HazardSection } from './hazard-section.tsx'
import { NoDiskNotice } from './no-disk-notice.tsx'
import { type FieldFault, faultsOf, reportFromFields } from './report-from-fields.ts'
import { useReportText } from './report-text.tsx'
import { SinceSection } from './since-section.tsx'
import { useDraft } from './use-draft.ts'
import type { OutboxView, PageOutbox } from './page-outbox.ts'
import { WhereSection } from './where-section.tsx'
import styles from './report-form.module.css'

interface Props {
  page: PageOutbox
  view: OutboxView
  onSaved: (alreadySaved: boolean) => void
  /** Whether something typed earlier was put back. */
  onDraft: (found: boolean) => void
}

/**
 * One real form: without script it posts to the door as it stands; with script it is saved on the phone first, always.
 * Its fields are uncontrolled, so that nothing typed before the script was there is lost.
 */
export function ReportForm({ page, view, onSaved, onDraft }: Props) {
  const { text, locale } = useReportText()
  const form = useRef<HTMLFormElement>(null)
  const summary = useRef<HTMLDivElement>(null)
  const [hazards, setHazards] = useState<readonly string[]>([])
  const [faults, setFaults] = useState<readonly FieldFault[]>([])
  const [phase, setPhase] = useState<'open' | 'saving' | 'refused'>('open')
  const [restored, setRestored] = useState(false)
  const { outbox } = view
  const draft = useDraft(form, outbox, noteDraft)

  const refused = view.disk === 'refused' || phase === 'refused'
  const error = (fault: FieldFault, words: string) => (faults.includes(fault) ? words : undefined)

  return (
    <form ref={form} className={styles.form} method="post" action="/report" noValidate={outbox !== null} onSubmit={submit} onInput={typed} onChange={typed}>
      <input type="hidden" name="id" defaultValue="__STORMDOOR_REPORT_ID__" suppressHydrationWarning />
      <input type="hidden" name="secret" defaultValue="__STORMDOOR_REPORT_SECRET__" suppressHydrationWarning />
      <input type="hidden" name="locale" defaultValue={locale} />
      {restored ? (
        <p className={styles.restored}>
          <span>{text('draftRestored')}</span>
          <Button look="quiet" onClick={startOver}>
            {text('draftDiscard')}
          </Button>
        </p>
      ) : null}
      <ErrorSummary ref={summary} faults={faults} form={form} />
      <HazardSection chosen={hazards} />
      <ChoiceGroup
        kind="one"
        id="report-scope"
        name="scope"
        legend={text('scopeQuestion')}
        choices={SCOPES.map((value) => ({ value, label: text(`scope.${value}`) }))}
        error={error('scope', text('errorScope'))}
        required
      />
      <WhereSection form={form} onChange={typed} error={error('where', text('errorWhere'))} />
      <SinceSection error={error('sinceAt', text('errorSinceAt'))} />
      <DetailsSection />
      {refused ? <NoDiskNotice onSend={sendDirectly} /> : null}
      <div className={styles.send} hidden={refused}>
        <Button type="submit" look="primary" size="large" className={styles.wide} disabled={phase === 'saving'}>
          {phase === 'saving' ? text('saving') : text('submit')}
        </Button>
      </div>
    </form>
  )

  function noteDraft(found: boolean) {
    setRestored(found)
    onDraft(found)
    if (found) noteChange()
  }

  function noteChange() {
    if (!form.current) return
    const fields = readFields(form.current)
    setHazards([fields['hazards'] ?? []].flat())
    setFaults((standing) => (standing.length === 0 ? standing : standing.filter((fault) => faultsOf(fields, Date.now()).includes(fault))))
  }

  function typed() {
    noteChange()
    if (outbox) draft.changed()
  }

  function startOver() {
    draft.renew()
    noteDraft(false)
    noteChange()
  }

  function submit(event: FormEvent<HTMLFormElement>) {
    if (!outbox) return
    const { id, secret } = draft.current()
    if (!('subtle' in crypto)) {
      // No secure context, so no hash and no receipt to check: the browser sends the plain form, under our id.
      for (const [name, value] of Object.entries({ id, secret })) event.currentTarget.querySelector<HTMLInputElement>(`input[name=${name}]`)!.value = value
      return
    }
    event.preventDefault()
    void save()
  }

  function sendDirectly() {
    page.goOnWithoutDisk()
    void save()
  }

  async function save() {
    if (!form.current || phase === 'saving') return
    const current = draft.current()
    const found = faultsOf(current.fields, Date.now())
    setFaults(found)
    if (found.length > 0) {
      requestAnimationFrame(() => summary.current?.focus())
      return
    }
    setPhase('saving')
    try {
      const { alreadySaved } = await page.save(current, (savedAtMs) => reportFromFields(current.fields, locale, savedAtMs))
      draft.renew()
      setHazards([])
      setRestored(false)
      setPhase('open')
      onSaved(alreadySaved)
      page.send()
    } catch (error) {
      if (!(error instanceof OutboxUnavailableError)) throw error
      setPhase('refused')
    }
  }
}
