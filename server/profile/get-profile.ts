import type { ProfileChanged } from '../../domain/access.ts'
import type { Known } from '../../domain/account.ts'
import type { Profile } from '../../domain/me.ts'
import { type ProfileRecord, standingProfile } from '../../domain/profile.ts'
import { readProjected } from '../platform/read-projected.ts'
import type { ReadSources } from '../platform/read-sources.ts'
import { profileFrom } from './profile.ts'
import { profileKeys } from './profile-keys.ts'

/** How a person wants to be reached. Throws ReadsUnavailableError. */
export async function getProfile(sources: ReadSources, loginId: string): Promise<Known<Profile>> {
  const { value: records, ...known } = await profileRecordsOf(sources, loginId)
  return { ...known, value: profileFrom(standingProfile(records)) }
}

/** Every change that a person made, whether it counts or not. Throws ReadsUnavailableError. */
export async function profileRecordsOf(sources: ReadSources, loginId: string): Promise<Known<ProfileRecord[]>> {
  const { value, currentAt, source } = await readProjected(sources, 'identity', {
    wholeOnly: true,
    fromRedis: async (redis) => (await redis.hvals(profileKeys.ofLogin(loginId))).map((text) => JSON.parse(text) as ProfileRecord),
    fromPostgres: async (database) =>
      (await database.profileChange.findMany({ where: { loginId } })).map(({ stepId, data, version, asOf }) => ({
        // The projector wrote it from a validated event.
        stepId, version, asOf: asOf.toISOString(), change: data as unknown as ProfileChanged,
      })),
  })
  return { value, version: standingProfile(value)?.version ?? '', asOf: currentAt ?? new Date(0).toISOString(), source }
}
