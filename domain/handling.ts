import type { OutageHandled } from './event.ts'
import type { HandlingStep } from './handling-steps.ts'

type HandlingState = 'new' | 'claimed' | 'resolved'

/** What staff may do with a report, by where it stands. Claimed over another's claim: it is taken over. */
export const NEXT_HANDLING: Record<HandlingState, Partial<Record<HandlingStep, HandlingState>>> = {
  new: { claimed: 'claimed', resolved: 'resolved' },
  claimed: { claimed: 'claimed', released: 'new', resolved: 'resolved' },
  resolved: { reopened: 'new' },
}

/** A step as the log has it. */
export interface HandlingFact {
  /** Id of its event. */
  stepId: string
  /** Another one that was based on the same step came first. */
  lost: boolean
  data: OutageHandled
}

export interface Handling {
  state: HandlingState
  /** The newest step that counts, for the next one to be based on; null before the first. */
  stepId: string | null
  /** Who has it, or resolved it; null while it is new. */
  by: OutageHandled['actor'] | null
  /** ISO 8601 UTC of that step. */
  at: string | null
}

export const UNHANDLED: Handling = { state: 'new', stepId: null, by: null, at: null }

/**
 * Where a report stands, whatever the order of its facts: each step that was first names the one before, so they are a chain.
 * One that is not allowed where it stands changes nothing but is seen by the next.
 * @param counted told of each step that changed something
 */
export function handlingOf(facts: readonly HandlingFact[], counted: (fact: HandlingFact) => void = () => undefined): Handling {
  const after = new Map(facts.filter(({ lost }) => !lost).map((fact) => [fact.data.basedOn, fact]))
  let handling = UNHANDLED
  for (let fact = after.get(null); fact; fact = after.get(fact.stepId)) {
    // A step is met once, also in a ring that nobody can have made.
    after.delete(fact.data.basedOn)
    const { step, actor, at } = fact.data
    const state = NEXT_HANDLING[handling.state][step]
    if (state) counted(fact)
    handling = state ? { state, stepId: fact.stepId, by: state === 'new' ? null : actor, at } : { ...handling, stepId: fact.stepId }
  }
  return handling
}
