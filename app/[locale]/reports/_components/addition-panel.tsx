'use client'
import { type FormEvent, useRef, useState } from 'react'
import { Button } from '../../../../components/button.tsx'
import { ChoiceGroup } from '../../../../components/choice-group.tsx'
import { Fault } from '../../../../components/field-words.tsx'
import { TextArea, TextField } from '../../../../components/text-field.tsx'
import { SCOPES } from '../../../../domain/report-choices.ts'
import { REPORT_LIMITS } from '../../../../domain/report-limits.ts'
import type { Outbox } from '../../../../worker/outbox/outbox.ts'
import type { Owner } from '../../../../worker/outbox/report-record.ts'
import { readFields } from '../../report/_components/form-fields.ts'
import { HazardSection } from '../../report/_components/hazard-section.tsx'
import { useReportText } from '../../report/_components/report-text.tsx'
import { additionFromFields } from './addition-from-fields.ts'
import { ChangePanel, type PanelProps } from './change-panel.tsx'
import { useReportsText } from './reports-text.tsx'
import { useAdditionDraft } from './use-addition-draft.ts'
import styles from './change-panel.module.css'

/** Adds to a report what is new; dangers first, with what to do about them, as in a first report. */
export function AdditionPanel({ record, page, outbox, loginId, onClose, onSaved }: PanelProps & { outbox: Outbox; loginId: Owner }) {
  const { text, locale, phones } = useReportText()
  const words = useReportsText()
  const form = useRef<HTMLFormElement>(null)
  const [isDanger, setDanger] = useState(false)
  const [phase, setPhase] = useState<'open' | 'missing' | 'saving' | 'refused'>('open')
  const draft = useAdditionDraft(form, outbox, record.id, loginId, noteChange)
  return (
    <ChangePanel title={words('addTitle')} refused={phase === 'refused'}>
      <form ref={form} className={styles.form} noValidate onSubmit={(event) => void add(event)} onInput={typed} onChange={typed}>
        <p>{words('addLead')}</p>
        <HazardSection isAnyChosen={isDanger} />
        <ChoiceGroup
          kind="one"
          name="scope"
          legend={words('addScope')}
          choices={[{ value: '', label: words('addNoChange') }, ...SCOPES.map((value) => ({ value, label: text(`scope.${value}`) }))]}
          chosen={['']}
        />
        <TextArea label={text('accessNotes')} hint={text('accessHint')} name="accessNotes" rows={3} maxLength={REPORT_LIMITS.accessNotesChars} />
        <TextField
          label={text('callbackPhone')}
          name="callbackPhone"
          type="tel"
          inputMode="tel"
          autoComplete="tel"
          enterKeyHint="done"
          maxLength={REPORT_LIMITS.phoneChars}
        />
        <ChoiceGroup
          kind="many"
          name="medicalEquipment"
          legend={text('medicalQuestion')}
          choices={[{ value: 'yes', label: text('medicalEquipment'), hint: text('medicalHint', { emergency: phones.emergency.shown }) }]}
        />
        {phase === 'missing' ? (
          <div role="alert">
            <Fault>{words('addMissing')}</Fault>
          </div>
        ) : null}
        <p className={styles.actions}>
          <Button type="submit" look="primary" size="large" disabled={phase === 'saving'}>
            {words('addSubmit')}
          </Button>
          <Button size="large" onClick={cancel}>
            {words('cancel')}
          </Button>
        </p>
      </form>
    </ChangePanel>
  )

  function noteChange() {
    if (form.current) setDanger([readFields(form.current)['hazards'] ?? []].flat().length > 0)
  }

  function typed() {
    noteChange()
    if (phase === 'missing') setPhase('open')
    draft.changed()
  }

  function cancel() {
    void draft.drop().then(onClose)
  }

  async function add(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const addition = additionFromFields(readFields(event.currentTarget), locale)
    if (!addition) {
      setPhase('missing')
      return
    }
    setPhase('saving')
    if (await page.followUp(record.id, addition, draft.id)) {
      await draft.drop()
      onSaved()
    } else setPhase('refused')
  }
}
