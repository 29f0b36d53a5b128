'use client'
import { useState, useTransition } from 'react'
import { Button } from '../../../../components/button.tsx'
import { Callout } from '../../../../components/callout.tsx'
import type { UndeliveredEntry } from '../../../../server/outages/list-undelivered.ts'
import type { ActionFailure } from '../../../action-result.ts'
import { useDeskText } from '../../_components/desk-text.tsx'
import { redo } from '../actions.ts'

type RedoButtonProps = Pick<UndeliveredEntry, 'deliveryId' | 'reference' | 'kind'> & { onTold: (words: string) => void }

/** Puts what was refused back into the queue. @param onTold told what became of it, in words */
export function RedoButton({ deliveryId, reference, kind, onTold }: RedoButtonProps) {
  const { text } = useDeskText()
  const [failure, setFailure] = useState('')
  const [isPending, startTransition] = useTransition()
  const ask = () =>
    startTransition(async () => {
      setFailure('')
      try {
        const outcome = await redo(deliveryId)
        if (outcome.failure) setFailure(wordsOf(outcome.failure))
        else onTold(text(outcome.queued > 0 ? 'desk.delivery.asked' : 'desk.delivery.notAsked', { reference }))
      } catch {
        // The web process did not answer.
        setFailure(text('desk.delivery.failedUnavailable'))
      }
    })
  const wordsOf = ({ code, traceId }: ActionFailure): string => {
    if (code === 'not-signed-in') return text('desk.sessionOver')
    return code === 'unknown' || code === 'not-found' ? text('desk.delivery.failedUnknown', { code: traceId }) : text('desk.delivery.failedUnavailable')
  }
  return (
    <>
      {/* Not disabled meanwhile: it would lose the focus. */}
      <Button
        aria-disabled={isPending}
        aria-label={text('desk.delivery.redoOf', { what: text(`desk.delivery.kinds.${kind}`), reference })}
        onClick={isPending ? undefined : ask}
      >
        {text('desk.delivery.redo')}
      </Button>
      {failure ? <Callout kind="danger" title={failure} announce /> : null}
    </>
  )
}
