'use client'
import type { RefObject } from 'react'
import { Fault, Hint } from '../../../../components/field-words.tsx'
import { TextField } from '../../../../components/text-field.tsx'
import { REPORT_LIMITS } from '../../../../domain/report-limits.ts'
import { LocationField } from './location-field.tsx'
import { useReportText } from './report-text.tsx'
import styles from './report-form.module.css'

/** Where: any one of four ways. */
export function WhereSection({ form, onChange, error }: { form: RefObject<HTMLFormElement | null>; onChange: () => void; error?: string }) {
  const { text } = useReportText()
  return (
    <fieldset className={styles.section} aria-describedby={error ? 'report-where-hint report-where-error' : 'report-where-hint'}>
      <legend>{text('whereQuestion')}</legend>
      <Hint id="report-where-hint">{text('whereHint')}</Hint>
      {error ? <Fault id="report-where-error">{error}</Fault> : null}
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
      <TextField label={text('phone')} id="phone" name="phone" type="tel" inputMode="tel" autoComplete="tel" enterKeyHint="next" maxLength={REPORT_LIMITS.phoneChars} />
      <TextField
        label={text('accountNumber')}
        hint={text('accountHint')}
        id="accountNumber"
        name="accountNumber"
        autoComplete="off"
        autoCapitalize="characters"
        autoCorrect="off"
        spellCheck={false}
        enterKeyHint="next"
        maxLength={REPORT_LIMITS.accountNumberChars}
      />
    </fieldset>
  )
}
