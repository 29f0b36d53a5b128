'use client'
import { useId, useState } from 'react'
import { Combobox, type ComboboxItem } from '../../../../components/combobox.tsx'
import { Fault, Hint } from '../../../../components/field-words.tsx'
import { TextField } from '../../../../components/text-field.tsx'
import { REPORT_LIMITS } from '../../../../domain/report-limits.ts'
import type { FoundAccount } from '../../accounts/route.ts'
import { useDeskText } from '../../_components/desk-text.tsx'
import styles from './caller-report-form.module.css'

const ANSWER_WITHIN_MS = 5_000

/** Where: found by a look-up, or typed. The look-up only fills in the account number, so it may fail. */
export function PlaceFields({ typed, error }: { typed: (name: string) => string; error: string | undefined }) {
  const { text } = useDeskText()
  const id = useId()
  const [accountNumber, setAccountNumber] = useState(typed('accountNumber'))
  return (
    <fieldset className={styles.group} aria-describedby={error ? `${id}-hint ${id}-error` : `${id}-hint`}>
      <legend className={styles.legend}>{text('desk.formWhere')}</legend>
      <Hint id={`${id}-hint`}>{text('desk.formWhereHint')}</Hint>
      {error ? <Fault id={`${id}-error`}>{error}</Fault> : null}
      <Combobox
        label={text('desk.lookUp')}
        hint={text('desk.lookUpHint')}
        nothingFound={text('desk.lookUpNone')}
        failed={text('desk.lookUpDown')}
        search={lookUp}
        onChoose={(account) => {
          if (account) setAccountNumber(account.id)
        }}
      />
      <TextField
        label={text('desk.accountNumber')}
        name="accountNumber"
        value={accountNumber}
        onChange={(event) => setAccountNumber(event.target.value)}
        maxLength={REPORT_LIMITS.accountNumberChars}
        autoComplete="off"
      />
      <TextField label={text('desk.typedPhone')} name="phone" type="tel" defaultValue={typed('phone')} maxLength={REPORT_LIMITS.phoneChars} autoComplete="off" />
      <TextField label={text('desk.typedAddress')} name="address" defaultValue={typed('address')} maxLength={REPORT_LIMITS.addressChars} autoComplete="off" />
    </fieldset>
  )
}

async function lookUp(typed: string, signal: AbortSignal): Promise<ComboboxItem[]> {
  const response = await fetch('/desk/accounts', {
    method: 'POST',
    headers: { 'content-type': 'text/plain;charset=utf-8' },
    body: typed,
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
  })
  if (!response.ok) throw new Error(`The look-up answered ${response.status}`)
  const found = (await response.json()) as FoundAccount[]
  return found.map(({ accountNumber, name, address }) => ({ id: accountNumber, label: `${name}, ${accountNumber}`, note: address }))
}
