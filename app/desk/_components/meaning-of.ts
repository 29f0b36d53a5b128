import type { Dependency } from '../../../domain/operations.ts'

export type Meaning = Dependency | 'both-stores'

/** What staff must know while these are down, the gravest first: without Redis and Postgres nothing can be read, with one of them nearly all. */
export function meaningOf(down: readonly Dependency[]): Meaning[] {
  const is = (dependency: Dependency) => down.includes(dependency)
  const stores: Meaning[] = is('postgres') && is('redis') ? ['both-stores'] : is('postgres') ? ['postgres'] : is('redis') ? ['redis'] : []
  return [...(is('event-log') ? (['event-log'] as const) : []), ...stores, ...(is('core-system') ? (['core-system'] as const) : []), ...(is('search') ? (['search'] as const) : [])]
}
