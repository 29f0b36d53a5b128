'use client'
import { useState } from 'react'
import { systemClock, systemRandom } from '../../../domain/clock.ts'
import { type Handling, NEXT_HANDLING } from '../../../domain/handling.ts'
import type { HandlingStep } from '../../../domain/handling-steps.ts'
import { uuidV7 } from '../../../domain/uuid.ts'
import type { Staff } from '../../../server/identity/staff.ts'
import { handle, type HandleOutcome } from '../reports/actions.ts'
import { useDeskText } from './desk-text.tsx'
import { conflictText } from './handling-text.ts'

/** What the page needs to know of a report to do something with it. */
interface Handled {
  id: string
  reference: string
  handling: Handling
}

/** By the report's id. */
type PendingHandlings = ReadonlyMap<string, Pending>

interface Pending {
  /** What was seen: as soon as the report stands otherwise, the stores are ahead of this. */
  basedOn: string | null
  handling: Handling
}

const TRIES = 4
const TRY_AGAIN_MS = 700
/** It may have been done, or not: the same command again finds out. */
const UNSURE: ReadonlySet<string> = new Set(['indeterminate', 'log-unavailable', 'overloaded'])

/** Own acts show at once, until the stores have them. @param say what became of it, in words */
export function useHandling(staff: Pick<Staff, 'staffId' | 'name'>, say: (words: string) => void) {
  const { text, locale } = useDeskText()
  const [pending, setPending] = useState<PendingHandlings>(new Map())
  const put = (id: string, value: Pending | null) =>
    setPending((held) => {
      const next = new Map(held)
      if (value) next.set(id, value)
      else next.delete(id)
      return next
    })

  const act = async (report: Handled, step: HandlingStep, note = ''): Promise<void> => {
    const { id, reference, handling } = report
    const state = NEXT_HANDLING[handling.state][step]
    if (!state) return
    const basedOn = handling.stepId
    const by = state === 'new' ? null : { staffId: staff.staffId, name: staff.name }
    put(id, { basedOn, handling: { state, stepId: basedOn, by, at: new Date().toISOString() } })
    const outcome = await patiently({ handlingId: uuidV7(systemClock, systemRandom), reportId: id, step, basedOn, ...(note ? { note } : {}) })
    put(id, outcome?.handling ? { basedOn, handling: outcome.handling } : null)
    if (outcome?.handling) say(outcome.conflict ? conflictText(text, locale, outcome.handling) : text(`desk.handling.done.${step}`, { reference }))
    else if (outcome?.failure?.code === 'not-signed-in') say(text('desk.sessionOver'))
    else if (outcome?.failure?.code === 'forbidden') say(text('desk.handling.forbidden'))
    else say(text('desk.handling.failed', { reference }))
  }

  return { act, pending }
}

/** The report with what was done here and is not folded yet. */
export function withPending<R extends Pick<Handled, 'id' | 'handling'>>(report: R, pending: PendingHandlings): R {
  const own = pending.get(report.id)
  return own && own.basedOn === report.handling.stepId ? { ...report, handling: own.handling } : report
}

/** The same command until it is known what became of it; null when nobody says. */
async function patiently(command: Parameters<typeof handle>[0]): Promise<HandleOutcome | null> {
  for (let tries = 1; ; tries++) {
    const outcome = await handle(command).catch(() => null)
    if (outcome && !UNSURE.has(outcome.failure?.code ?? '')) return outcome
    if (tries >= TRIES) return outcome
    await systemClock.sleep(TRY_AGAIN_MS * tries)
  }
}
