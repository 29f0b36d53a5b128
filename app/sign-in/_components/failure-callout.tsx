'use client'
import { type ReactNode, useEffect, useRef } from 'react'
import { Callout } from '../../../components/callout.tsx'
import type { ActionFailure } from '../../action-result.ts'
import styles from './sign-in-form.module.css'
import { useSignInText } from './sign-in-text.tsx'

/**
 * What went wrong with a step of the sign-in, read aloud and focused.
 * @param refused what "not signed in" means in this step
 * @param fields what is wrong, by field
 */
export function FailureCallout({ failure, refused, fields, children }: { failure: ActionFailure | null; refused: string; fields?: Readonly<Record<string, string>>; children?: ReactNode }) {
  const text = useSignInText()
  const summary = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (failure) summary.current?.focus()
  }, [failure])
  if (!failure) return null
  return (
    <div ref={summary} tabIndex={-1} className={styles.summary}>
      <Callout kind="danger" title={text('signIn.errorTitle')} announce>
        <p>{explain()}</p>
        {failure.code === 'not-signed-in' ? children : null}
      </Callout>
    </div>
  )

  function explain(): string {
    switch (failure?.code ?? 'unknown') {
      case 'invalid-input':
        return (failure?.fields ?? []).map(({ field }) => fields?.[field] ?? field).join(' ')
      case 'not-signed-in':
        return refused
      case 'forbidden':
        return text('signIn.providerAlone')
      case 'too-many-requests':
        return text('signIn.tooMany', { minutes: String(Math.ceil((failure?.retryAfterSeconds ?? 60) / 60)) })
      case 'reads-unavailable':
        return text('signIn.unavailable')
      case 'log-unavailable':
      case 'indeterminate':
      case 'audit-unavailable':
        return text('signIn.logUnavailable')
      default:
        return text('signIn.unknown', { code: failure?.traceId ?? '' })
    }
  }
}
