'use client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { Me, Profile } from '../../../../domain/me.ts'
import { readMe } from './ask-me.ts'

const REFRESH_MS = 60_000
/** Just after signing up, what was written may not be read yet. */
const SOON_MS = 2_000
const SOON_LOOKS = 5

export interface KnownMe {
  /** Null while nothing was ever heard. */
  me: Me | null
  /** False when the last look failed: then what is shown is old, and nothing can be changed. */
  reached: boolean
  /** True while the first look is under way. */
  looking: boolean
  lookAgain: () => void
  changed: (profile: Profile) => void
}

/** What the server says of the login, live while the page is looked at; kept on the phone for when nothing answers. */
export function useMe(loginId: string): KnownMe {
  const queries = useQueryClient()
  const queryKey = ['me', loginId]
  const { data, isError, failureCount, isPending, isFetching, refetch } = useQuery({
    queryKey,
    queryFn: ({ signal }) => readMe(loginId, signal),
    refetchOnMount: 'always',
    refetchInterval: ({ state }) => (state.data?.accounts.length === 0 && state.dataUpdateCount < SOON_LOOKS ? SOON_MS : REFRESH_MS),
  })
  return {
    me: data ?? null,
    reached: !isError && failureCount === 0,
    looking: isPending && isFetching,
    lookAgain: () => {
      void refetch()
      // What another has written may not be read yet.
      setTimeout(() => void refetch(), SOON_MS)
    },
    changed: (profile) => {
      queries.setQueryData<Me>(queryKey, (held) => held && { ...held, profile, language: profile.language })
    },
  }
}
