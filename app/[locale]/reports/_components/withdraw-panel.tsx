'use client'
import { type FormEvent, useState } from 'react'
import { Button } from '../../../../components/button.tsx'
import { ChoiceGroup } from '../../../../components/choice-group.tsx'
import { WITHDRAW_REASONS } from '../../../../domain/follow-up-choices.ts'
import { useReportText } from '../../report/_components/report-text.tsx'
import { ChangePanel, type PanelProps } from './change-panel.tsx'
import { REASON_WORDS } from './reason-words.ts'
import { useReportsText } from './reports-text.tsx'
import styles from './change-panel.module.css'

/** Takes a report back: the reason, and a second, plain yes. */
export function WithdrawPanel({ record, page, hazardous, onClose, onSaved }: PanelProps) {
  const { locale } = useReportText()
  const words = useReportsText()
  const [phase, setPhase] = useState<'open' | 'missing' | 'saving' | 'refused'>('open')
  return (
    <ChangePanel title={words('withdrawTitle')} refused={phase === 'refused'}>
      <form className={styles.form} noValidate onSubmit={(event) => void withdraw(event)}>
        <p>{words('withdrawEffect')}</p>
        {hazardous ? <p className={styles.strong}>{words('withdrawHazard')}</p> : null}
        <ChoiceGroup
          kind="one"
          name="reason"
          legend={words('withdrawWhy')}
          choices={WITHDRAW_REASONS.map((value) => ({ value, label: words(REASON_WORDS[value]) }))}
          error={phase === 'missing' ? words('withdrawMissing') : undefined}
          required
        />
        <p className={styles.actions}>
          <Button type="submit" look="danger" size="large" disabled={phase === 'saving'}>
            {words('withdrawYes')}
          </Button>
          <Button size="large" onClick={onClose}>
            {words('withdrawNo')}
          </Button>
        </p>
      </form>
    </ChangePanel>
  )

  async function withdraw(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = event.currentTarget
    const chosen = new FormData(form).get('reason')
    const reason = WITHDRAW_REASONS.find((candidate) => candidate === chosen)
    if (!reason) {
      setPhase('missing')
      form.querySelector<HTMLElement>('[name="reason"]')?.focus()
      return
    }
    setPhase('saving')
    if (await page.followUp(record.id, { locale, channel: 'web', kind: 'withdraw', reason })) onSaved()
    else setPhase('refused')
  }
}
