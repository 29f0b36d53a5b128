'use client'
import { type RefObject, useEffect, useRef } from 'react'
import { Fault, Hint } from '../../../../components/field-words.tsx'
import spoken from '../../../../components/spoken.module.css'
import { TextField } from '../../../../components/text-field.tsx'
import { REPORT_LIMITS } from '../../../../domain/report-limits.ts'
import { KnownPlace } from './known-place.tsx'
import { LastPlace } from './last-place.tsx'
import { ANOTHER_PLACE } from './form-fields.ts'
import { LocationField } from './location-field.tsx'
import { reportOfPlace } from './own-reports.ts'
import type { OutboxView } from './outbox-view.ts'
import { useReportText } from './report-text.tsx'
import type { Place } from './same-place.ts'
import { YourPlaces } from './your-places.tsx'
import styles from './report-form.module.css'

interface Props {
  form: RefObject<HTMLFormElement | null>
  view: OutboxView
  /** As far as it is filled in. */
  place: Place
  /** Which of the customer's own places is chosen, or that it is another; undefined when there is no choice yet. */
  premise: string | undefined
  onChange: () => void
  onShowReports: () => void
  error?: string
}

/** Where: any one of several ways, the quickest first. A place of one's own folds the others away. */
export function WhereSection({ form, view, place, premise, onChange, onShowReports, error }: Props) {
  const { text, timeOf } = useReportText()
  const reports = view.reports ?? []
  const known = reportOfPlace(reports, place, view.atMs)
  const { loginId, premises } = view.who
  return (
    <fieldset className={styles.section} aria-describedby={error ? 'report-where-hint report-where-error' : 'report-where-hint'}>
      <legend>{text('whereQuestion')}</legend>
      <Hint id="report-where-hint">{text(premises.length > 0 ? 'placesHint' : 'whereHint')}</Hint>
      {error ? <Fault id="report-where-error">{error}</Fault> : null}
      {premises.length > 0 ? <YourPlaces key={`${loginId} ${premises.map(({ accountNumber }) => accountNumber).join(' ')}`} premises={premises} place={place} /> : null}
      <div className={styles.ways} hidden={premises.length > 0 && premise !== ANOTHER_PLACE}>
        {premises.length > 0 ? null : <LastPlace form={form} reports={reports} place={place} onChange={onChange} />}
        <LocationField form={form} onChange={onChange} />
        <TextField
          label={text('address')}
          hint={text('addressHint')}
          id="address"
          name="address"
          autoComplete="address-line1"
          autoCapitalize="words"
          enterKeyHint="next"
          maxLength={REPORT_LIMITS.addressChars}
          aria-invalid={error ? true : undefined}
        />
        <OtherWays form={form} />
      </div>
      <output className={spoken.spoken}>{known ? text('knownTitle', { time: timeOf(known.savedAtMs) }) : ''}</output>
      {known ? <KnownPlace record={known} nowMs={view.atMs} onShow={onShowReports} /> : null}
    </fieldset>
  )
}

/** Folded, for few people need it; open when something stands in it. */
function OtherWays({ form }: Pick<Props, 'form'>) {
  const { text } = useReportText()
  const details = useRef<HTMLDetailsElement>(null)

  useEffect(() => {
    const element = form.current
    const restored = () => {
      const filled = details.current?.querySelectorAll<HTMLInputElement>('input') ?? []
      if (details.current && [...filled].some(({ value }) => value !== '')) details.current.open = true
    }
    element?.addEventListener('restored', restored)
    return () => element?.removeEventListener('restored', restored)
  }, [form])

  return (
    <details ref={details} className={styles.more}>
      <summary>{text('whereOther')}</summary>
      <div className={styles.moreInner}>
        <TextField label={text('phone')} id="phone" name="phone" type="tel" inputMode="tel" autoComplete="tel" enterKeyHint="next" maxLength={REPORT_LIMITS.phoneChars} />
        <TextField
          label={text('accountNumber')}
          hint={text('accountHint')}
          id="accountNumber"
          name="accountNumber"
          inputMode="text"
          autoComplete="off"
          autoCapitalize="characters"
          autoCorrect="off"
          spellCheck={false}
          enterKeyHint="next"
          maxLength={REPORT_LIMITS.accountNumberChars}
        />
      </div>
    </details>
  )
}
