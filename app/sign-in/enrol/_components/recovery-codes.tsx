'use client'
import { Button, ButtonLink } from '../../../../components/button.tsx'
import { Callout } from '../../../../components/callout.tsx'
import styles from '../../_components/sign-in-form.module.css'
import { useSignInText } from '../../_components/sign-in-text.tsx'

/** Shown once: to be saved as a file, or on paper. */
export function RecoveryCodes({ codes }: { codes: readonly string[] }) {
  const text = useSignInText()
  const file = `data:text/plain;charset=utf-8,${encodeURIComponent(`${text('signIn.recovery.title')}\n\n${codes.join('\n')}\n`)}`
  return (
    <div className={styles.form}>
      <Callout kind="ok" title={text('signIn.recovery.done')} announce />
      <h2>{text('signIn.recovery.title')}</h2>
      <p>{text('signIn.recovery.lead')}</p>
      <ol className={styles.codes}>
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <div className={styles.actions}>
        <ButtonLink href={file} download="recovery-codes.txt">
          {text('signIn.recovery.download')}
        </ButtonLink>
        <Button onClick={() => window.print()}>{text('signIn.recovery.print')}</Button>
      </div>
      <ButtonLink look="primary" size="large" href="/desk">
        {text('signIn.enrol.toDesk')}
      </ButtonLink>
    </div>
  )
}
