import type { Profile } from '../../domain/me.ts'
import type { ProfileRecord } from '../../domain/profile.ts'

const UNTOLD: Profile = { version: null, language: 'en', channels: ['email'], quietHours: null }

/** What nobody told yet has its default. */
export function profileFrom(record: Pick<ProfileRecord, 'stepId' | 'change'> | null): Profile {
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
