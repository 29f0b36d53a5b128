import { useRef, useState, useTransition } from 'react'
import { systemClock, systemRandom } from '../../../../../domain/clock.ts'
import { uuidV7 } from '../../../../../domain/uuid.ts'
import type { ActionFailure } from '../../../../action-result.ts'
import type { Done } from '../actions.ts'

/** What went wrong: of the action, or that no answer came, so that it is not known. */
export type CommandFailure = Pick<ActionFailure, 'code' | 'traceId'>

const NO_ANSWER: CommandFailure = { code: 'indeterminate', traceId: '' }

/**
 * Sends a form to an action under an id that stays the same until it is done, however often it is pressed.
 * @param onDone given what came of it
 */
export function useCommand<T>(idField: string, act: (form: FormData) => Promise<Done<T>>, onDone: (done: T) => void) {
  const id = useRef<string | null>(null)
  const [failure, setFailure] = useState<CommandFailure | null>(null)
  const [isPending, startTransition] = useTransition()
  const send = (form: FormData) => {
    id.current ??= uuidV7(systemClock, systemRandom)
    form.set(idField, id.current)
    startTransition(async () => {
      try {
        const outcome = await act(form)
        setFailure(outcome.failure)
        // What was refused as it was filled in may be filled in otherwise.
        if (!outcome.failure || outcome.failure.code === 'conflict') id.current = null
        if (!outcome.failure) onDone(outcome.done)
      } catch {
        setFailure(NO_ANSWER)
      }
    })
  }
  return { failure, isPending, send }
}
