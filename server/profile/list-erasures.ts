import type { Known } from '../../domain/account.ts'
import { readProjected } from '../platform/read-projected.ts'
import type { ReadSources } from '../platform/read-sources.ts'
import type { ErasureRecord } from './profile.ts'
import { profileKeys } from './profile-keys.ts'

/** Who asked to be forgotten, the newest first. Throws ReadsUnavailableError. */
export async function listErasures(sources: ReadSources): Promise<Known<ErasureRecord[]>> {
  const { value, currentAt, source } = await readProjected(sources, 'identity', {
    wholeOnly: true,
    fromRedis: async (redis) => (await redis.hvals(profileKeys.erasures)).map((text) => JSON.parse(text) as ErasureRecord),
    fromPostgres: async (database) => (await database.erasure.findMany()).map((row) => ({ ...row, asOf: row.asOf.toISOString() })),
  })
  const newestFirst = value.toSorted((one, other) => (one.asOf > other.asOf ? -1 : 1))
  return { value: newestFirst, version: newestFirst[0]?.version ?? '', asOf: currentAt ?? new Date(0).toISOString(), source }
}
