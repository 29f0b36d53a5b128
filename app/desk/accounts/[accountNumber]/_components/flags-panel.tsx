'use client'
import { type FormEvent, useState } from 'react'
import { AgeNote } from '../../../../../components/age-note.tsx'
import { Button } from '../../../../../components/button.tsx'
import { Callout } from '../../../../../components/callout.tsx'
import { ChoiceGroup } from '../../../../../components/choice-group.tsx'
import { type BadgeTone, StatusBadge } from '../../../../../components/status-badge.tsx'
import type { AccountFlag, AccountFlags } from '../../../../../domain/account-flags.ts'
import { ACCOUNT_FLAGS } from '../../../../../domain/desk-choices.ts'
import { useDeskText } from '../../../_components/desk-text.tsx'
import { setFlags } from '../actions.ts'
import fold from '../../../../../components/fold.module.css'
import styles from './account.module.css'
import { failureWords } from './failure-words.ts'
import { useCommand } from './use-command.ts'

const TONES: Record<AccountFlag, BadgeTone> = { 'medical-priority': 'danger', 'safety-risk': 'danger', 'do-not-call': 'warn', 'language-help': 'info' }

interface FlagsShown {
  accountNumber: string
  /** As last read; null when they cannot be read. */
  flags: AccountFlags | null
  mayFlag: boolean
  onChanged: () => void
}

/** The flags as they stand, and a form that is based on those it began with: a colleague's change in between is never overwritten unseen. */
export function FlagsPanel({ accountNumber, flags, mayFlag, onChanged }: FlagsShown) {
  const { text, locale, time } = useDeskText()
  const [begun, setBegun] = useState<{ seen: AccountFlags; own: AccountFlag[] } | null>(null)
  const [told, setTold] = useState<AccountFlags | null>(null)
  const [overtaken, setOvertaken] = useState<AccountFlags | null>(null)
  const [saved, setSaved] = useState(false)
  const { failure, isPending, send } = useCommand('flaggingId', setFlags, ({ outcome, flags: now }) => {
    setTold(now)
    setSaved(outcome === 'saved')
    setOvertaken(outcome === 'overtaken' ? now : null)
    setBegun((held) => (outcome === 'saved' || !held ? null : { ...held, seen: now }))
    onChanged()
  })
  // The answer to one's own change is known before the projection has it.
  const shown = told && (!flags?.changed || (told.changed && told.changed.at > flags.changed.at)) ? told : flags
  const nameOf = (flag: AccountFlag) => text(`desk.account.flags.${flag}`)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (!isPending) send(new FormData(event.currentTarget))
  }
  const choose = (event: FormEvent<HTMLFormElement>) => {
    const chosen = new Set(new FormData(event.currentTarget).getAll('flags'))
    setSaved(false)
    if (shown) setBegun((held) => ({ seen: held?.seen ?? shown, own: ACCOUNT_FLAGS.filter((flag) => chosen.has(flag)) }))
  }
  return (
    <section className={styles.section} aria-label={text('desk.account.flagsTitle')}>
      <h2>{text('desk.account.flagsTitle')}</h2>
      {shown ? (
        <>
          <p className={styles.badges}>
            {shown.flags.length === 0 ? text('desk.account.noFlags') : shown.flags.map((flag) => <StatusBadge key={flag} tone={TONES[flag]} label={nameOf(flag)} />)}
          </p>
          {shown.changed ? (
            <p className={styles.soft}>
              <AgeNote asOf={shown.changed.at} locale={locale} before={text('desk.account.flagsBy', { name: shown.changed.actor.name })} fallback={time(shown.changed.at)} />
            </p>
          ) : null}
        </>
      ) : (
        <p>{text('desk.account.notReadable')}</p>
      )}
      {overtaken ? (
        <Callout kind="warn" title={text('desk.account.overtakenTitle', { name: overtaken.changed?.actor.name ?? '' })} announce>
          <p>{text('desk.account.overtakenText', { flags: overtaken.flags.map(nameOf).join(', ') || text('desk.account.overtakenNone') })}</p>
        </Callout>
      ) : null}
      {failure ? <Callout kind="danger" title={failureWords(failure, text)} announce /> : null}
      <p role="status" className={styles.told}>
        {saved ? text('desk.account.flagsSaved') : ''}
      </p>
      {mayFlag && shown ? (
        <details className={styles.more} open={begun !== null || undefined}>
          <summary className={`${styles.moreTitle} ${fold.fold}`}>{text('desk.account.changeFlags')}</summary>
          <form className={styles.form} onSubmit={submit} onChange={choose}>
            <input type="hidden" name="accountNumber" value={accountNumber} />
            <input type="hidden" name="basedOn" value={(begun?.seen ?? shown).changed?.flaggingId ?? ''} />
            <ChoiceGroup
              key={begun ? 'own' : (shown.changed?.flaggingId ?? 'none')}
              legend={text('desk.account.flagsTitle')}
              name="flags"
              kind="many"
              choices={ACCOUNT_FLAGS.map((value) => ({ value, label: nameOf(value) }))}
              chosen={begun?.own ?? shown.flags}
            />
            <div>
              <Button type="submit" aria-disabled={isPending}>
                {text('desk.account.saveFlags')}
              </Button>
            </div>
          </form>
        </details>
      ) : null}
    </section>
  )
}
