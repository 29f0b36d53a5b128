'use client'
import { type FormEvent, useState } from 'react'
import { Button, ButtonLink } from '../../../../components/button.tsx'
import { Callout } from '../../../../components/callout.tsx'
import { TextField } from '../../../../components/text-field.tsx'
import { systemClock, systemRandom } from '../../../../domain/clock.ts'
import { uuidV7 } from '../../../../domain/uuid.ts'
import { useAccountText } from './account-text.tsx'
import { askForErasure } from './ask-me.ts'
import fold from '../../../../components/fold.module.css'
import styles from './my-account.module.css'

/** All that is held about the customer, to take away or to have forgotten. */
export function DataSection({ email, reached, onErased }: { email: string; reached: boolean; onErased: () => void }) {
  const { text } = useAccountText()
  return (
    <section className={styles.section} aria-labelledby="account-data">
      <h2 id="account-data">{text('dataTitle')}</h2>
      <p className={styles.soft}>
        {text('dataText')} {text('againHint')}
      </p>
      {reached ? (
        <p>
          <ButtonLink href="/api/v1/me/data">{text('download')}</ButtonLink>
        </p>
      ) : (
        <p className={styles.soft}>{text('notNow')}</p>
      )}
      <details className={styles.erase}>
        <summary className={fold.fold}>{text('erase')}</summary>
        <EraseForm email={email} reached={reached} onErased={onErased} />
      </details>
    </section>
  )
}

function EraseForm({ email, reached, onErased }: { email: string; reached: boolean; onErased: () => void }) {
  const { text } = useAccountText()
  const [phase, setPhase] = useState<'open' | 'wrong' | 'asking' | 'again' | 'failed'>('open')
  const [requestId] = useState(() => uuidV7(systemClock, systemRandom))
  return (
    <form className={styles.form} noValidate onSubmit={(event) => void ask(event)}>
      <p>{text('eraseEffect')}</p>
      <p>{text('eraseKept')}</p>
      <fieldset className={styles.fields} disabled={!reached || phase === 'asking'}>
        <TextField
          id="erase-email"
          name="email"
          type="email"
          autoComplete="off"
          label={text('eraseConfirm', { email })}
          error={phase === 'wrong' ? text('eraseWrong') : undefined}
        />
        <p>
          <Button type="submit" look="danger">
            {text('eraseYes')}
          </Button>
        </p>
      </fieldset>
      {phase === 'again' ? (
        <Callout kind="info" title={text('againTitle')} announce>
          <p>{text('againText')}</p>
          <p>
            <ButtonLink href="/account/sign-in?told=again">{text('againSignIn')}</ButtonLink>
          </p>
        </Callout>
      ) : null}
      {phase === 'failed' ? (
        <Callout kind="warn" title={text('unclearTitle')} announce>
          <p>{text('unclearText')}</p>
        </Callout>
      ) : null}
    </form>
  )

  async function ask(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const typed = new FormData(event.currentTarget).get('email')
    if (typeof typed !== 'string' || typed.trim().toLowerCase() !== email.toLowerCase()) {
      setPhase('wrong')
      return
    }
    setPhase('asking')
    const outcome = await askForErasure({ requestId, email: typed })
    if ('done' in outcome) onErased()
    else setPhase(outcome.failed === 'wrong' ? 'wrong' : outcome.failed === 'sign-in-again' ? 'again' : 'failed')
  }
}
