import type { ProfileChanged } from '../../domain/access.ts'
import type { ProfileRecord } from '../../domain/profile.ts'

/** How a person wants to be reached. A change of it is based on `version`; null when it was never changed. */
export type Profile = Pick<ProfileChanged, 'language' | 'channels' | 'quietHours'> & ProfileChanged['personal'] & { version: string | null }

const UNTOLD: Profile = { version: null, language: 'en', channels: ['email'], quietHours: null }

export function profileFrom(record: ProfileRecord | null): Profile {
  if (!record) return UNTOLD
  const { language, channels, quietHours, personal } = record.change
  return { version: record.stepId, language, channels, quietHours, ...personal }
}

/** That a person asked that what is held about them be erased. */
export interface ErasureRecord {
  version: string
  /** ISO 8601 UTC. */
  asOf: string
  loginId: string
  requestId: string
}
