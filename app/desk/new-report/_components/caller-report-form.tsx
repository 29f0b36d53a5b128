'use client'
import { useActionState, useEffect, useRef } from 'react'
import { Button } from '../../../../components/button.tsx'
import { Callout } from '../../../../components/callout.tsx'
import { ChoiceGroup } from '../../../../components/choice-group.tsx'
import { ANSWERS, HAZARDS, SCOPES } from '../../../../domain/report-choices.ts'
import { useDeskText } from '../../_components/desk-text.tsx'
import { type CallerReportState, reportForCaller } from '../actions.ts'
import type { CallerFields } from '../caller-report.ts'
import styles from './caller-report-form.module.css'
import { failureText, wrongField } from './failure-text.ts'
import { MoreFields } from './more-fields.tsx'
import { PlaceFields } from './place-fields.tsx'

const nothingYet: CallerReportState = { fields: null, failure: null, answer: 0 }

/** Works without script; sent twice it is one report, for its id was made when it was opened. */
export function CallerReportForm({ made, accountNumber }: { made: { id: string; secret: string; savedAt: string }; accountNumber: string }) {
  const { text, locale } = useDeskText()
  const [state, submit, pending] = useActionState(reportForCaller, nothingYet)
  const summary = useRef<HTMLDivElement>(null)
  const { failure, answer } = state
  useEffect(() => {
    if (answer > 0) summary.current?.focus()
  }, [answer])
  const fields: CallerFields = state.fields ?? { ...made, accountNumber, locale, since: 'now', heardBang: 'unknown', neighborsOut: 'unknown' }
  const typed = (name: string) => (typeof fields[name] === 'string' ? fields[name] : '')
  const chosen = (name: string) => [fields[name] ?? []].flat()
  const answers = ANSWERS.map((value) => ({ value, label: text(`desk.answers.${value}`) }))
  return (
    <form action={submit} className={styles.form} noValidate>
      {failure ? (
        <div ref={summary} tabIndex={-1} className={styles.summary}>
          <Callout kind="danger" title={text('desk.formErrorTitle')} announce>
            <p>{failureText(failure, text)}</p>
          </Callout>
        </div>
      ) : null}
      <div key={answer} className={styles.form}>
        {['id', 'secret', 'savedAt', 'locale'].map((name) => (
          <input key={name} type="hidden" name={name} value={typed(name)} />
        ))}
        <ChoiceGroup
          legend={text('desk.formHazards')}
          name="hazards"
          kind="many"
          choices={HAZARDS.map((value) => ({ value, label: text(`desk.hazards.${value}`) }))}
          chosen={chosen('hazards')}
        />
        <ChoiceGroup
          legend={text('desk.formScope')}
          name="scope"
          kind="one"
          choices={SCOPES.map((value) => ({ value, label: text(`desk.scopes.${value}`) }))}
          chosen={chosen('scope')}
          error={wrongField(failure, '/scope') ? text('desk.formScopeMissing') : undefined}
          required
        />
        <PlaceFields typed={typed} error={wrongField(failure, '/place') ? text('desk.formWhereMissing') : undefined} />
        <ChoiceGroup
          legend={text('desk.formStarted')}
          name="since"
          kind="one"
          choices={[
            { value: 'now', label: text('desk.formStartedNow') },
            { value: 'hour', label: text('desk.formStartedHour') },
            { value: 'unknown', label: text('desk.formStartedUnknown') },
          ]}
          chosen={chosen('since')}
        />
        <MoreFields typed={typed} chosen={chosen} answers={answers} />
      </div>
      <Button look="primary" size="large" type="submit" aria-disabled={pending}>
        {text('desk.formSubmit')}
      </Button>
    </form>
  )
}
