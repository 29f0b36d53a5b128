'use client'
import { Autocomplete } from '@base-ui/react/autocomplete'
import { useState, useSyncExternalStore } from 'react'
import { AgeNote } from '../../../components/age-note.tsx'
import field from '../../../components/field.module.css'
import popup from '../../../components/popup.module.css'
import spoken from '../../../components/spoken.module.css'
import { type AccountSearch, type FoundAccount, SEARCH_CHARS } from '../../../domain/account-search.ts'
import { useDeskText } from './desk-text.tsx'
import styles from './search-box.module.css'
import { SearchRow } from './search-row.tsx'
import { type SearchState, useAccountSearch } from './use-account-search.ts'

/** Finds a customer while the name is typed; Enter opens the nearest. Needs script: without it there is nothing here. */
export function SearchBox() {
  const scripted = useSyncExternalStore(never, () => true, () => false)
  return <div className={styles.box}>{scripted ? <Search /> : null}</div>
}

function never(): () => void {
  return () => undefined
}

function Search() {
  const { text } = useDeskText()
  const { state, answer, isOld, ask } = useAccountSearch()
  const [typed, setTyped] = useState('')
  const onTyped = (value: string, reason: string) => {
    if (reason === 'item-press') return
    setTyped(value)
    ask(value)
  }
  return (
    <Autocomplete.Root
      items={answer?.accounts ?? []}
      mode="none"
      autoHighlight="always"
      value={typed}
      onValueChange={(value, { reason }) => onTyped(value, reason)}
      itemToStringValue={({ accountNumber }: FoundAccount) => accountNumber}
    >
      <Autocomplete.Input
        className={`${field.input} ${styles.input}`}
        data-desk-search
        aria-label={text('desk.search.label')}
        placeholder={text('desk.search.label')}
        title={text('desk.search.hint')}
        maxLength={SEARCH_CHARS}
        autoComplete="off"
        autoCapitalize="off"
        autoCorrect="off"
        spellCheck={false}
        enterKeyHint="go"
      />
      <Autocomplete.Portal>
        <Autocomplete.Positioner className={popup.positioner} sideOffset={4} align="start">
          <Autocomplete.Popup className={`${popup.popup} ${styles.popup}`}>
            <Autocomplete.Status className={popup.note}>
              <Words state={state} answer={answer} />
            </Autocomplete.Status>
            <Autocomplete.List>
              {(account: FoundAccount) => (
                <Autocomplete.Item key={account.accountNumber} value={account} className={`${popup.item} ${styles.item}`} onClick={() => open(account)}>
                  <SearchRow account={account} />
                </Autocomplete.Item>
              )}
            </Autocomplete.List>
            {isOld && answer?.asOf ? <SearchAge asOf={answer.asOf} /> : null}
          </Autocomplete.Popup>
        </Autocomplete.Positioner>
      </Autocomplete.Portal>
    </Autocomplete.Root>
  )
}

function open({ accountNumber }: FoundAccount): void {
  window.location.assign(`/desk/accounts/${encodeURIComponent(accountNumber)}`)
}

/** How many were found is read aloud; what went wrong and what is missing is seen as well. */
function Words({ state, answer }: { state: SearchState; answer: AccountSearch | null }) {
  const { text } = useDeskText()
  if (state === 'idle') return null
  if (state === 'failed') return text('desk.search.failed')
  if (state === 'session-over') return text('desk.search.sessionOver')
  if (!answer) return text('desk.search.searching')
  const missing = answer.kind === 'exact-only' ? text('desk.search.exactOnly') : answer.kind === 'beginnings' ? text('desk.search.beginnings') : answer.complete ? null : text('desk.search.incomplete')
  const count = answer.accounts.length
  return (
    <>
      {missing ? <span>{missing} </span> : null}
      {count === 0 ? <span>{text('desk.search.none')}</span> : <span className={spoken.spoken}>{text('desk.search.count', { count })}</span>}
    </>
  )
}

/** Apart from what is read aloud: an age would be read again whenever it grows. */
function SearchAge({ asOf }: { asOf: string }) {
  const { text, locale, time } = useDeskText()
  return (
    <p className={popup.note}>
      <AgeNote asOf={asOf} locale={locale} before={text('desk.search.asOf')} fallback={time(asOf)} />
    </p>
  )
}
