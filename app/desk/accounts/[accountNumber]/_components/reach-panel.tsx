'use client'
import { type FormEvent, useEffect, useState } from 'react'
import { Button } from '../../../../../components/button.tsx'
import { Callout } from '../../../../../components/callout.tsx'
import { ChoiceGroup } from '../../../../../components/choice-group.tsx'
import { TextField } from '../../../../../components/text-field.tsx'
import { REASON_CHARS, REVEAL_REASONS, REVEALED_FOR_MS } from '../../../../../domain/desk-choices.ts'
import type { MaskedDetails } from '../../../../../server/accounts/desk/mask-details.ts'
import type { RevealedDetails } from '../../../../../server/accounts/desk/reveal-account.ts'
import { useDeskText } from '../../../_components/desk-text.tsx'
import { Facts } from '../../../reports/[id]/_components/facts.tsx'
import { reveal } from '../actions.ts'
import fold from '../../../../../components/fold.module.css'
import styles from './account.module.css'
import { failureWords } from './failure-words.ts'
import { useCommand } from './use-command.ts'

interface ReachShown {
  accountNumber: string
  masked: MaskedDetails
  mayReveal: boolean
}

/** How to reach the customer: masked until somebody says why, then shown in this view alone, for some minutes. */
export function ReachPanel({ accountNumber, masked, mayReveal }: ReachShown) {
  const { text } = useDeskText()
  const [details, setDetails] = useState<RevealedDetails | null>(null)
  useEffect(() => {
    if (!details) return
    const timer = setTimeout(() => setDetails(null), REVEALED_FOR_MS)
    return () => clearTimeout(timer)
  }, [details])
  return (
    <div className={styles.section}>
      <Facts title={text('desk.account.reach')} facts={details ? openFacts(details, text) : maskedFacts(masked, text)}>
        <p className={styles.soft} role="status">
          {details ? text('desk.account.shownUntil', { minutes: REVEALED_FOR_MS / 60_000 }) : text(mayReveal ? 'desk.account.masked' : 'desk.account.mayNotReveal')}
        </p>
      </Facts>
      {details ? (
        <div>
          <Button onClick={() => setDetails(null)}>{text('desk.account.maskAgain')}</Button>
        </div>
      ) : null}
      {mayReveal && !details ? <RevealForm accountNumber={accountNumber} onRevealed={setDetails} /> : null}
    </div>
  )
}

type Words = ReturnType<typeof useDeskText>['text']

function maskedFacts({ phones, email, street, town }: MaskedDetails, text: Words) {
  return [
    [text('desk.account.phone'), phones.join(', ') || text('desk.account.noPhone')],
    [text('desk.account.email'), email ?? text('desk.account.noEmail')],
    [text('desk.account.address'), `${street}, ${town}`],
  ] as const
}

function openFacts({ phones, email, address }: RevealedDetails, text: Words) {
  const links = phones.map((phone) => (
    <a key={phone} className={styles.phone} href={`tel:${phone}`}>
      {phone}
    </a>
  ))
  return [
    [text('desk.account.phone'), phones.length > 0 ? links : text('desk.account.noPhone')],
    [text('desk.account.email'), email ?? text('desk.account.noEmail')],
    [text('desk.account.address'), [address.line1, address.line2, address.city, address.state, address.postalCode].filter(Boolean).join(', ')],
  ] as const
}

function RevealForm({ accountNumber, onRevealed }: { accountNumber: string; onRevealed: (details: RevealedDetails) => void }) {
  const { text } = useDeskText()
  const [missing, setMissing] = useState<{ why?: string; words?: string }>({})
  const { failure, isPending, send } = useCommand('revealId', reveal, onRevealed)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const words = form.get('words')
    const lacks = {
      ...(form.get('why') === null ? { why: text('desk.account.whyMissing') } : {}),
      ...(typeof words !== 'string' || words.trim().length < REASON_CHARS.least ? { words: text('desk.account.wordsMissing') } : {}),
    }
    setMissing(lacks)
    if (Object.keys(lacks).length === 0 && !isPending) send(form)
  }
  return (
    <details className={styles.more}>
      <summary className={`${styles.moreTitle} ${fold.fold}`}>{text('desk.account.reveal')}</summary>
      <form className={styles.form} onSubmit={submit} noValidate>
        <input type="hidden" name="accountNumber" value={accountNumber} />
        <ChoiceGroup
          legend={text('desk.account.why')}
          name="why"
          kind="one"
          choices={REVEAL_REASONS.map((value) => ({ value, label: text(`desk.account.reasons.${value}`) }))}
          error={missing.why}
          required
        />
        <TextField label={text('desk.account.words')} hint={text('desk.account.wordsHint')} name="words" maxLength={REASON_CHARS.most} error={missing.words} autoComplete="off" required />
        {failure ? <Callout kind="danger" title={failureWords(failure, text)} announce /> : null}
        <div>
          <Button type="submit" aria-disabled={isPending}>
            {text('desk.account.show')}
          </Button>
        </div>
      </form>
    </details>
  )
}
