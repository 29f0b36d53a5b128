'use client'
import { replaceEqualDeep } from '@tanstack/react-query'
import { type FormEvent, useEffect, useEffectEvent, useRef, useState } from 'react'
import { Button } from '../../../../components/button.tsx'
import { ChoiceGroup } from '../../../../components/choice-group.tsx'
import { SCOPES } from '../../../../domain/report-choices.ts'
import { OutboxUnavailableError, type UnavailableReason } from '../../../../worker/outbox/outbox-store.ts'
import { mayGoOn, ownerOf } from '../../../../worker/outbox/ownership.ts'
import type { ReportRecord } from '../../../../worker/outbox/report-record.ts'
import { readReport } from '../../reports/_components/read-body.ts'
import { DetailsSection } from './details-section.tsx'
import { ErrorSummary } from './error-summary.tsx'
import { fieldsFromReport } from './fields-from-report.ts'
import { type Fields, readFields, textOf } from './form-fields.ts'
import { HazardSection } from './hazard-section.tsx'
import { NoDiskNotice } from './no-disk-notice.tsx'
import { OvertakenNotice } from './overtaken-notice.tsx'
import { type FieldFault, faultsOf, placeOf, reportFromFields } from './report-from-fields.ts'
import { useReportText } from './report-text.tsx'
import type { Place } from './same-place.ts'
import { saysOtherwise } from './says-otherwise.ts'
import { SinceSection } from './since-section.tsx'
import { useDraft } from './use-draft.ts'
import type { OutboxView } from './outbox-view.ts'
import type { PageOutbox } from './page-outbox.ts'
import { WhereSection } from './where-section.tsx'
import type { Premise } from './who-is-here.ts'
import styles from './report-form.module.css'

interface Props {
  page: PageOutbox
  view: OutboxView
  onSaved: (alreadySaved: boolean) => void
  /** Whether words stand in the form: put back from earlier, or typed. */
  onDraft: (found: boolean) => void
  onShowReports: () => void
  /** A refused report whose words are to be sent again, corrected, as a new one. */
  correct: ReportRecord | null
}

/**
 * One real form: without script it posts to the door as it stands; with script it is saved on the phone first, always.
 * Its fields are uncontrolled, so that nothing typed before the script was there is lost.
 */
export function ReportForm({ page, view, onSaved, onDraft, onShowReports, correct }: Props) {
  const { text, locale } = useReportText()
  const form = useRef<HTMLFormElement>(null)
  const summary = useRef<HTMLDivElement>(null)
  const [isDanger, setDanger] = useState(false)
  const [faults, setFaults] = useState<readonly FieldFault[]>([])
  const [phase, setPhase] = useState<'open' | 'saving'>('open')
  const [refusal, setRefusal] = useState<UnavailableReason | null>(null)
  const [restored, setRestored] = useState(false)
  const [place, setPlace] = useState<Place>({})
  const [premise, setPremise] = useState<string>()
  /** What another tab sent under this form's draft; other words stand in the form. */
  const [overtakenBy, setOvertakenBy] = useState<ReportRecord | null>(null)
  const { outbox } = view
  const { premises } = view.who
  const draft = useDraft(form, outbox, view.who, noteDraft)
  const takeWordsOf = useEffectEvent(correctReport)
  const compare = useEffectEvent(compareWithSent)
  const noteOffer = useEffectEvent((_premises: readonly Premise[]) => noteChange())

  useEffect(() => {
    if (correct) takeWordsOf(correct)
  }, [correct])

  useEffect(() => compare(view.reports), [view.reports])

  // The only place of a customer's is chosen before anybody touches the form.
  useEffect(() => noteOffer(premises), [premises])

  const refused = refusal ?? view.refusal
  const error = (fault: FieldFault, words: string) => (faults.includes(fault) ? words : undefined)

  return (
    <form ref={form} className={styles.form} method="post" action="/report" noValidate={outbox !== null} onSubmit={submit} onInput={typed} onChange={typed}>
      <input type="hidden" name="id" defaultValue="__STORMDOOR_REPORT_ID__" suppressHydrationWarning />
      <input type="hidden" name="secret" defaultValue="__STORMDOOR_REPORT_SECRET__" suppressHydrationWarning />
      <input type="hidden" name="locale" defaultValue={locale} />
      {restored ? (
        <p className={styles.restored}>
          <span>{correct ? text('correcting', { reference: correct.reference }) : text('draftRestored')}</span>
          <Button look="quiet" onClick={startOver}>
            {text('draftDiscard')}
          </Button>
        </p>
      ) : null}
      <ErrorSummary ref={summary} faults={faults} form={form} />
      <HazardSection isAnyChosen={isDanger} />
      <ChoiceGroup
        kind="one"
        id="report-scope"
        name="scope"
        legend={text('scopeQuestion')}
        choices={SCOPES.map((value) => ({ value, label: text(`scope.${value}`) }))}
        error={error('scope', text('errorScope'))}
        required
      />
      <WhereSection form={form} view={view} place={place} premise={premise} onChange={typed} onShowReports={onShowReports} error={error('where', text('errorWhere'))} />
      <SinceSection error={error('sinceAt', text('errorSinceAt'))} />
      <DetailsSection />
      {overtakenBy ? <OvertakenNotice record={overtakenBy} /> : null}
      {refused ? <NoDiskNotice reason={refused} onSend={sendDirectly} onSaveAgain={() => void save()} /> : null}
      <div className={styles.send} hidden={refused !== null}>
        <Button type="submit" look="primary" size="large" className={styles.wide} disabled={phase === 'saving'}>
          {phase === 'saving' ? text('saving') : text('submit')}
        </Button>
      </div>
    </form>
  )

  function noteDraft(found: boolean) {
    setRestored(found)
    onDraft(found)
    noteChange()
  }

  function noteChange() {
    if (!form.current) return
    const fields = readFields(form.current)
    setDanger([fields['hazards'] ?? []].flat().length > 0)
    setPlace((standing) => replaceEqualDeep(standing, placeOf(fields)))
    setPremise(textOf(fields, 'premise'))
    compareWithSent(view.reports)
    setFaults((standing) => (standing.length === 0 ? standing : standing.filter((fault) => faultsOf(fields, Date.now()).includes(fault))))
  }

  function typed() {
    noteChange()
    onDraft(true)
    if (outbox) draft.changed()
  }

  /** Another tab may have sent the draft that they share. Words that it did not send become a draft of their own. */
  function compareWithSent(reports: OutboxView['reports']) {
    const sent = draft.id !== null && reports?.find(({ id }) => id === draft.id)
    if (sent && form.current && phase === 'open' && saysOtherwise(readFields(form.current), sent)) standApartFrom(sent)
  }

  function standApartFrom(sent: ReportRecord) {
    draft.takeNewId()
    setOvertakenBy(sent)
  }

  function startOver() {
    setOvertakenBy(null)
    draft.renew()
    noteDraft(false)
    noteChange()
  }

  function correctReport(record: ReportRecord) {
    const report = readReport(record)
    if (!report || (draft.hasWords() && !window.confirm(text('correctReplaces')))) return
    draft.renew(fieldsFromReport(report))
    setOvertakenBy(null)
    setRestored(true)
    noteChange()
  }

  function submit(event: FormEvent<HTMLFormElement>) {
    if (!outbox) return
    const { id, secret, fields } = draft.current()
    if (!('subtle' in crypto)) {
      // No secure context, so no hash and no receipt to check: the browser sends the plain form, under our id.
      const { accountNumber = '' } = placeOf(fields)
      for (const [name, value] of Object.entries({ id, secret, accountNumber })) event.currentTarget.querySelector<HTMLInputElement>(`input[name=${name}]`)!.value = value
      return
    }
    event.preventDefault()
    void save()
  }

  function sendDirectly() {
    page.goOnWithoutDisk()
    setRefusal(null)
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
      const { record, alreadySaved } = await page.save(current, (savedAtMs) => reportFromFields(current.fields, locale, savedAtMs), nameOf(premises, current.fields))
      if (alreadySaved && !mayGoOn(record, ownerOf(current))) {
        // Of a draft of nobody's, open in two tabs, another login has made a report: these words need an id of their own.
        draft.takeNewId()
        return await save()
      }
      if (alreadySaved && saysOtherwise(current.fields, record)) {
        setPhase('open')
        setRefusal(null)
        standApartFrom(record)
        return
      }
      draft.clear()
      setOvertakenBy(null)
      setDanger(false)
      setRestored(false)
      noteChange()
      setPhase('open')
      setRefusal(null)
      onSaved(alreadySaved)
      page.send()
    } catch (error) {
      const isForeseen = error instanceof OutboxUnavailableError
      setPhase('open')
      setRefusal(isForeseen ? error.reason : 'broken')
      if (!isForeseen) reportError(error)
    }
  }
}

/** How the customer's own place is called in lists; its account number says nothing there. */
function nameOf(premises: readonly Premise[], fields: Fields): string | undefined {
  const chosen = premises.find(({ accountNumber }) => accountNumber === textOf(fields, 'premise'))
  return chosen && [chosen.line1, chosen.line2, chosen.city].filter(Boolean).join(', ')
}
