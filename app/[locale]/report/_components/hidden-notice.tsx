'use client'
import { Callout } from '../../../../components/callout.tsx'
import type { OutboxView } from './outbox-view.ts'
import { useReportText } from './report-text.tsx'

/** That another login's reports are on their way from this phone, so that nobody takes them for lost or clears them away; and nothing of what they say. */
export function HiddenNotice({ view: { hidden, who } }: { view: OutboxView }) {
  const { text } = useReportText()
  const { sending, refused } = hidden
  if (sending + refused === 0) return null
  const [sendingWords, refusedWords] = who.loginId === null ? (['hiddenSending', 'hiddenRefused'] as const) : (['anothersSending', 'anothersRefused'] as const)
  return (
    <Callout kind="info">
      {sending > 0 ? <p>{text(sendingWords, { count: sending })}</p> : null}
      {refused > 0 ? <p>{text(refusedWords, { count: refused })}</p> : null}
    </Callout>
  )
}
