import { systemClock } from '../../domain/clock.ts'
import type { Dependency } from '../../domain/operations.ts'
import { gauge } from './metrics.ts'

/** `half-open`: still not asked, but for one probe. */
type BreakerState = 'closed' | 'half-open' | 'open'

export interface DependencyState {
  dependency: Dependency
  state: BreakerState
  /** ISO 8601 UTC: since when it is up, or since when it is not. */
  since: string
  /** The kind of the failure that opened it, never a message; null while it is closed. */
  reason: string | null
}

export interface TrackedDependency {
  /** @param reason why it opened */
  changed(state: BreakerState, reason: string | null): void
  /** The breaker is gone. */
  release(): void
}

const LEVELS: Readonly<Record<BreakerState, number>> = { closed: 0, 'half-open': 1, open: 2 }

interface Shared {
  tracked: Set<DependencyState>
  listeners: Set<() => void>
}

// The bundler gives routes another copy of this file than pages, and each has its own breakers: of the process there is one state.
const holder = globalThis as typeof globalThis & { stormdoorDependencies?: Shared }
const shared = (holder.stormdoorDependencies ??= { tracked: new Set(), listeners: new Set() })
const stateGauge = gauge('stormdoor_dependency_state', '0: answers, 1: being tried again, 2: not asked', ['dependency'])

/** One breaker of this process, told of until `release`. */
export function trackDependency(dependency: Dependency): TrackedDependency {
  const own: DependencyState = { dependency, state: 'closed', since: now(), reason: null }
  shared.tracked.add(own)
  tell(dependency)
  return {
    changed: (state, reason) => {
      const wasDown = own.state !== 'closed'
      const isDown = state !== 'closed'
      own.state = state
      if (wasDown !== isDown) own.since = now()
      if (!isDown) own.reason = null
      else own.reason = reason ?? own.reason
      tell(dependency)
    },
    release: () => {
      shared.tracked.delete(own)
      tell(dependency)
    },
  }
}

/** What this process knows of what it depends on: of several breakers of one dependency, the worst. */
export function dependencyStates(): DependencyState[] {
  const worst = new Map<Dependency, DependencyState>()
  for (const own of shared.tracked) {
    const known = worst.get(own.dependency)
    if (!known || isWorse(own, known)) worst.set(own.dependency, own)
  }
  return [...worst.values()].map((own) => ({ ...own }))
}

/** @returns ends it */
export function onDependencyChange(listener: () => void): () => void {
  shared.listeners.add(listener)
  return () => shared.listeners.delete(listener)
}

function isWorse(own: DependencyState, known: DependencyState): boolean {
  if (own.state === 'closed' || known.state === 'closed') return LEVELS[own.state] > LEVELS[known.state]
  return own.since < known.since
}

function tell(dependency: Dependency): void {
  const state = dependencyStates().find((known) => known.dependency === dependency)?.state
  if (state) stateGauge.set({ dependency }, LEVELS[state])
  else stateGauge.remove({ dependency })
  for (const listener of shared.listeners) listener()
}

function now(): string {
  return new Date(systemClock.nowMs()).toISOString()
}
