'use client'
import { Button, ButtonLink } from '../../../../components/button.tsx'
import { Callout } from '../../../../components/callout.tsx'
import { useReportText } from './report-text.tsx'
import styles from './report-form.module.css'

/** The browser refused to keep the report: said plainly, with the two ways that are left. */
export function NoDiskNotice({ onSend }: { onSend: () => void }) {
  const { text, phones } = useReportText()
  return (
    <Callout kind="warn" title={text('noDiskTitle')} announce>
      <p>{text('noDiskText')}</p>
      <p className={styles.actions}>
        <Button look="primary" onClick={onSend}>
          {text('noDiskSend')}
        </Button>
        <ButtonLink href={`tel:${phones.outageLine.dial}`}>
          <span>
            {text('noDiskCall')} <span className={styles.number}>{phones.outageLine.shown}</span>
          </span>
        </ButtonLink>
      </p>
    </Callout>
  )
}
