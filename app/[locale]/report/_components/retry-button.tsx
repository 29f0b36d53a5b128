'use client'
import { useState } from 'react'
import { Button } from '../../../../components/button.tsx'
import { focusHeadingOf } from './focus-heading-of.ts'
import { useReportText } from './report-text.tsx'

/** Tries what was refused again. @param onRetry false when the phone could not note that: then it is said */
export function RetryButton({ id, onRetry }: { id: string; onRetry: (id: string) => Promise<boolean> }) {
  const { text, phones } = useReportText()
  const [refused, setRefused] = useState(false)
  return (
    <>
      <Button onClick={(event) => void retry(event.currentTarget.closest('article'))}>{text('retry')}</Button>
      {refused ? <span role="alert">{text('retryRefused', { number: phones.outageLine.shown })}</span> : null}
    </>
  )

  /** @param card taken before: the button may be gone when that is noted */
  async function retry(card: Element | null) {
    const noted = await onRetry(id)
    setRefused(!noted)
    if (noted) focusHeadingOf(card)
  }
}
