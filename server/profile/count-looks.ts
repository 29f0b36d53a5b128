import { accountNumberKey } from '../../domain/account.ts'
import type { Permitted } from '../access/require-access.ts'
import { StoreUnavailableError } from '../platform/guarded-store.ts'
import type { ReadSources } from '../platform/read-sources.ts'

/** How often something was done with a login or an account, and when last. */
export interface CountedAct {
  what: string
  act: string
  times: number
  /** ISO 8601 UTC. */
  last: string | null
}

const LATEST_MS = 253_402_300_799_999

/** What the audit trail holds about a login and about accounts, for as long as each was theirs; null while Postgres, which alone has it, does not answer. */
export async function countLooks({ prisma }: Pick<ReadSources, 'prisma'>, loginId: string, own: readonly Permitted[]): Promise<CountedAct[] | null> {
  const accounts = own.map(({ access, span }) => ({
    subjectKind: 'account', subjectId: accountNumberKey(access.accountNumber),
    at: { gte: new Date(Math.max(0, span.fromMs)), lt: new Date(Math.min(span.untilMs, LATEST_MS)) },
  }))
  try {
    const groups = await prisma.use((database) =>
      database.auditEntry.groupBy({ by: ['subjectId', 'act'], where: { OR: [{ subjectKind: 'login', subjectId: loginId }, ...accounts] }, _count: true, _max: { at: true }, orderBy: [{ subjectId: 'asc' }, { act: 'asc' }] }),
    )
    return groups.map(({ subjectId, act, _count: times, _max: { at } }) => ({ what: subjectId, act, times, last: at?.toISOString() ?? null }))
  } catch (error) {
    if (error instanceof StoreUnavailableError) return null
    throw error
  }
}
