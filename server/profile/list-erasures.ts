import type { Known } from '../../domain/account.ts'
import { type Read, readProjected } from '../platform/read-projected.ts'
import type { ReadSources } from '../platform/read-sources.ts'
import type { ErasureRecord } from './profile.ts'
import { profileKeys } from './profile-keys.ts'

/** Who asked to be forgotten, the newest first. Throws ReadsUnavailableError. */
export async function listErasures(sources: ReadSources): Promise<Known<ErasureRecord[]>> {
  const read = await readProjected(sources, 'identity', {
    wholeOnly: true,
    fromRedis: async (redis) => (await redis.hvals(profileKeys.erasures)).map((text) => JSON.parse(text) as ErasureRecord),
    fromPostgres: async (database) => (await database.erasure.findMany()).map((row) => ({ ...row, asOf: row.asOf.toISOString() })),
  })
  const newestFirst = read.value.toSorted((one, other) => (one.asOf > other.asOf ? -1 : 1))
  return knownFrom({ ...read, value: newestFirst }, newestFirst[0])
}

/** Whether a person asked to be forgotten; null when not. Throws ReadsUnavailableError. */
export async function getErasure(sources: ReadSources, loginId: string): Promise<Known<ErasureRecord | null>> {
  const read = await readProjected(sources, 'identity', {
    wholeOnly: true,
    fromRedis: async (redis) => {
      const text = await redis.hget(profileKeys.erasures, loginId)
      return text === null ? null : (JSON.parse(text) as ErasureRecord)
    },
    fromPostgres: async (database) => {
      const row = await database.erasure.findUnique({ where: { loginId } })
      return row && { ...row, asOf: row.asOf.toISOString() }
    },
  })
  return knownFrom(read, read.value ?? undefined)
}

function knownFrom<T>({ value, currentAt, source }: Read<T>, newest: ErasureRecord | undefined): Known<T> {
  return { value, version: newest?.version ?? '', asOf: currentAt ?? new Date(0).toISOString(), source }
}
