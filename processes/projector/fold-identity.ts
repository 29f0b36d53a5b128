import { accountNumberKey } from '../../domain/account.ts'
import type { EventData } from '../../domain/event.ts'
import type { ProfileRecord } from '../../domain/profile.ts'
import type { AccessRecord } from '../../server/access/access-record.ts'
import type { ErasureRecord } from '../../server/profile/profile.ts'

export type IdentityFact = {
  [T in 'access.granted.v1' | 'access.ended.v1' | 'profile.changed.v1' | 'erasure.requested.v1']: { type: T; data: EventData<T> }
}[('access.granted.v1' | 'access.ended.v1' | 'profile.changed.v1' | 'erasure.requested.v1')]

interface FoldedIdentity {
  access: AccessRecord[]
  profileChanges: ProfileRecord[]
  erasures: ErasureRecord[]
}

/** What a batch says of people, reduced as far as it can be without a store. Sorted by key, so that two writers lock alike. */
export function foldIdentity() {
  const access = new Map<string, AccessRecord>()
  const changes = new Map<string, ProfileRecord>()
  const erasures = new Map<string, ErasureRecord>()
  const newestAccess = (record: AccessRecord): void => {
    const key = `${record.loginId} ${record.accountKey}`
    const held = access.get(key)
    if (!held || record.version > held.version) access.set(key, record)
  }
  return {
    take: (fact: IdentityFact, { eventId, ...stamp }: { eventId: string; version: string; asOf: string }): void => {
      switch (fact.type) {
        case 'access.granted.v1': {
          const { loginId, accountNumber, role, from, how, by } = fact.data
          newestAccess({ ...stamp, loginId: loginId.toLowerCase(), accountKey: accountNumberKey(accountNumber), accountNumber, role, from: instant(from), how, by })
          break
        }
        case 'access.ended.v1': {
          const { loginId, accountNumber, at, reason, by } = fact.data
          newestAccess({ ...stamp, loginId: loginId.toLowerCase(), accountKey: accountNumberKey(accountNumber), accountNumber, role: null, from: instant(at), how: reason, by })
          break
        }
        case 'profile.changed.v1': {
          const { loginId, changeId, basedOn } = fact.data
          const change = { ...fact.data, loginId: loginId.toLowerCase(), changeId: changeId.toLowerCase(), basedOn: basedOn && basedOn.toLowerCase() }
          const stepId = eventId.toLowerCase()
          changes.set(`${change.loginId} ${stepId}`, { ...stamp, stepId, change })
          break
        }
        case 'erasure.requested.v1': {
          const { loginId, requestId } = fact.data
          const record = { ...stamp, loginId: loginId.toLowerCase(), requestId: requestId.toLowerCase() }
          const held = erasures.get(record.loginId)
          if (!held || record.version < held.version) erasures.set(record.loginId, record)
        }
      }
    },
    folded: (): FoldedIdentity => ({ access: sorted(access), profileChanges: sorted(changes), erasures: sorted(erasures) }),
  }
}

function sorted<R>(records: ReadonlyMap<string, R>): R[] {
  return [...records].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, record]) => record)
}

function instant(text: string): string {
  return new Date(text).toISOString()
}
