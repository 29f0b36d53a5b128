'use client'
import { memo } from 'react'
import { ChoiceGroup } from '../../../../components/choice-group.tsx'
import { Hint } from '../../../../components/field-words.tsx'
import { TextArea, TextField } from '../../../../components/text-field.tsx'
import { ANSWERS } from '../../../../domain/report-choices.ts'
import { REPORT_LIMITS } from '../../../../domain/report-limits.ts'
import { useReportText } from './report-text.tsx'
import styles from './report-form.module.css'

/** What helps a crew and nobody has to know; folded by the browser itself, so it opens without script. */
export const DetailsSection = memo(function DetailsSection() {
  const { text, phones } = useReportText()
  const answers = ANSWERS.map((value) => ({ value, label: text(`answer.${value}`) }))
  return (
    <details className={styles.more}>
      <summary>{text('details')}</summary>
      <div className={styles.moreInner}>
        <Hint>{text('detailsHint')}</Hint>
        <ChoiceGroup
          kind="many"
          id="report-medical"
          name="medicalEquipment"
          legend={text('medicalQuestion')}
          choices={[{ value: 'yes', label: text('medicalEquipment'), hint: text('medicalHint', { emergency: phones.emergency.shown }) }]}
        />
        <ChoiceGroup kind="one" id="report-bang" name="heardBang" legend={text('bangQuestion')} choices={answers} chosen={['unknown']} />
        <ChoiceGroup kind="one" id="report-neighbors" name="neighborsOut" legend={text('neighborsQuestion')} choices={answers} chosen={['unknown']} />
        <TextArea label={text('accessNotes')} hint={text('accessHint')} id="accessNotes" name="accessNotes" rows={3} maxLength={REPORT_LIMITS.accessNotesChars} />
        <TextField
          label={text('callbackPhone')}
          id="callbackPhone"
          name="callbackPhone"
          type="tel"
          inputMode="tel"
          autoComplete="tel"
          enterKeyHint="done"
          maxLength={REPORT_LIMITS.phoneChars}
        />
      </div>
    </details>
  )
})
