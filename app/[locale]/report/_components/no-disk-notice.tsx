'use client'
import { Button, ButtonLink } from '../../../../components/button.tsx'
import { Callout } from '../../../../components/callout.tsx'
import type { UnavailableReason } from '../../../../worker/outbox/outbox-store.ts'
import { useReportText } from './report-text.tsx'
import styles from './report-form.module.css'

interface Props {
  reason: UnavailableReason
  onSend: () => void
  onSaveAgain: () => void
}

/** The report could not be kept: why, said plainly, with every way that is left. Its words stay in the form above. */
export function NoDiskNotice({ reason, onSend, onSaveAgain }: Props) {
  const { text, phones } = useReportText()
  return (
    <Callout kind="warn" title={text(`noDisk.${reason}.title`)} announce>
      <p>{text(`noDisk.${reason}.text`)}</p>
      <p>{text('noDiskStays')}</p>
      <p className={styles.actions}>
        <Button look="primary" size="large" onClick={onSend}>
          {text('noDiskSend')}
        </Button>
        {reason === 'refused' ? null : (
          <Button size="large" onClick={onSaveAgain}>
            {text('noDiskAgain')}
          </Button>
        )}
        <ButtonLink size="large" href={`tel:${phones.outageLine.dial}`}>
          <span>
            {text('noDiskCall')} <span className={styles.number}>{phones.outageLine.shown}</span>
          </span>
        </ButtonLink>
      </p>
    </Callout>
  )
}
