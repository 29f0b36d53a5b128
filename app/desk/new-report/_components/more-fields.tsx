'use client'
import { type Choice, ChoiceGroup } from '../../../../components/choice-group.tsx'
import { TextArea, TextField } from '../../../../components/text-field.tsx'
import { REPORT_LIMITS } from '../../../../domain/report-limits.ts'
import { useDeskText } from '../../_components/desk-text.tsx'
import styles from './caller-report-form.module.css'

/** What helps a crew and nobody must know. Folded away; opened when something in it is filled in. */
export function MoreFields({ typed, chosen, answers }: { typed: (name: string) => string; chosen: (name: string) => string[]; answers: readonly Choice[] }) {
  const { text } = useDeskText()
  const filled = ['callbackPhone', 'accessNotes', 'medicalEquipment'].some((name) => typed(name) !== '')
  return (
    <details className={styles.more} open={filled}>
      <summary className={styles.moreTitle}>{text('desk.formMore')}</summary>
      <div className={styles.form}>
        <ChoiceGroup
          legend={text('desk.medical')}
          name="medicalEquipment"
          kind="many"
          choices={[{ value: 'yes', label: text('desk.formMedical') }]}
          chosen={chosen('medicalEquipment')}
        />
        <ChoiceGroup legend={text('desk.formBang')} name="heardBang" kind="one" choices={answers} chosen={chosen('heardBang')} />
        <ChoiceGroup legend={text('desk.formNeighbors')} name="neighborsOut" kind="one" choices={answers} chosen={chosen('neighborsOut')} />
        <TextField label={text('desk.callbackPhone')} name="callbackPhone" type="tel" defaultValue={typed('callbackPhone')} maxLength={REPORT_LIMITS.phoneChars} autoComplete="off" />
        <TextArea label={text('desk.accessNotes')} name="accessNotes" defaultValue={typed('accessNotes')} maxLength={REPORT_LIMITS.accessNotesChars} rows={3} />
      </div>
    </details>
  )
}
