'use client'
import { Callout } from '../../../../components/callout.tsx'
import { useDeskText } from '../../_components/desk-text.tsx'
import type { Administered } from '../actions.ts'
import styles from '../staff.module.css'

/** What came of an act: a link is shown this once. */
export function Outcome({ failure, done }: Administered) {
  const { text } = useDeskText()
  if (done) {
    return (
      <Callout kind="ok" title={text(`desk.staff.done.${done.act}`, { email: done.email })} announce>
        {done.link ? (
          <>
            <p>{text('desk.staff.link', { hours: String(done.link.hours) })}</p>
            <p>
              <code className={styles.link}>{done.link.url}</code>
            </p>
          </>
        ) : null}
      </Callout>
    )
  }
  if (!failure) return null
  return <Callout kind="danger" title={words()} announce />

  function words(): string {
    switch (failure?.code ?? 'unknown') {
      case 'invalid-input':
        return text('desk.staff.invalid')
      case 'conflict':
        return text('desk.staff.conflict')
      case 'forbidden':
        return text('desk.staff.notOwn')
      case 'log-unavailable':
      case 'indeterminate':
        return text('desk.staff.logAway')
      default:
        return text('desk.staff.failed', { code: failure?.traceId ?? '' })
    }
  }
}
