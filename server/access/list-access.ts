import type { Known } from '../../domain/account.ts'
import type { AccessRole } from '../../domain/access.ts'
import { type Read, readProjected } from '../platform/read-projected.ts'
import type { ReadSources } from '../platform/read-sources.ts'
import { accessKeys } from './access-keys.ts'
import { type Access, type AccessRecord, standingAccess } from './access-record.ts'

/**
 * What a login has access to now, by account number: from Redis, else Postgres. What a customer sees of it, visibleSpan says.
 * Throws ReadsUnavailableError when neither can answer.
 */
export async function accessOf(sources: ReadSources, loginId: string): Promise<Known<Access[]>> {
  const records = await accessRecordsOf(sources, loginId)
  return { ...records, value: standingAccess(records.value).map(({ loginId: _own, ...access }) => access) }
}

/** Every account that a login has or had access to, with the newest word of each. Throws ReadsUnavailableError. */
export async function accessRecordsOf(sources: ReadSources, loginId: string): Promise<Known<AccessRecord[]>> {
  const read = await readProjected(sources, 'identity', {
    wholeOnly: true,
    fromRedis: async (redis) => (await redis.hvals(accessKeys.ofLogin(loginId))).map((text) => JSON.parse(text) as AccessRecord),
    fromPostgres: async (database) => (await database.access.findMany({ where: { loginId } })).map(recordFromRow),
  })
  return knownFrom(read)
}

/** Who has access to an account now. Throws ReadsUnavailableError. */
export async function peopleOf(sources: ReadSources, accountKey: string): Promise<Known<(Access & { loginId: string })[]>> {
  const read = await readProjected(sources, 'identity', {
    wholeOnly: true,
    fromRedis: async (redis) => {
      const loginIds = await redis.smembers(accessKeys.loginsOf(accountKey))
      const texts = await Promise.all(loginIds.map((loginId) => redis.hget(accessKeys.ofLogin(loginId), accountKey)))
      return texts.flatMap((text) => (text === null ? [] : [JSON.parse(text) as AccessRecord]))
    },
    fromPostgres: async (database) => (await database.access.findMany({ where: { accountKey } })).map(recordFromRow),
  })
  const known = knownFrom(read)
  return { ...known, value: standingAccess(known.value).toSorted((one, other) => (one.grantedAt < other.grantedAt ? -1 : 1)) }
}

function knownFrom({ value, currentAt, source }: Read<AccessRecord[]>): Known<AccessRecord[]> {
  const version = value.reduce((newest, record) => (record.version > newest ? record.version : newest), '')
  return { value, version, asOf: currentAt ?? new Date(0).toISOString(), source }
}

type AccessRow = Omit<AccessRecord, 'asOf' | 'from' | 'role' | 'how'> & { asOf: Date; from: Date; role: string | null; how: string }

/** The projector wrote it from a validated event. */
function recordFromRow({ asOf, from, role, how, ...row }: AccessRow): AccessRecord {
  return { ...row, asOf: asOf.toISOString(), from: from.toISOString(), role: role as AccessRole | null, how: how as AccessRecord['how'] }
}
