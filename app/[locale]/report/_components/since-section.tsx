'use client'
import { memo } from 'react'
import { ChoiceGroup } from '../../../../components/choice-group.tsx'
import { TextField } from '../../../../components/text-field.tsx'
import { SINCE } from '../../../../domain/report-choices.ts'
import { useReportText } from './report-text.tsx'
import styles from './report-form.module.css'

/** Since when; the exact time is asked only of those who say "earlier". */
export const SinceSection = memo(function SinceSection({ error }: { error?: string }) {
  const { text } = useReportText()
  return (
    <div className={styles.section}>
      <ChoiceGroup
        kind="one"
        id="report-since"
        name="since"
        legend={text('sinceQuestion')}
        choices={SINCE.map((value) => ({ value, label: text(`since.${value}`) }))}
        chosen={['unknown']}
      />
      <div className={styles.earlier}>
        <TextField label={text('sinceAt')} id="sinceAt" name="sinceAt" type="datetime-local" error={error} />
      </div>
    </div>
  )
})
