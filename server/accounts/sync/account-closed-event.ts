import type { NewEvent } from '../../../domain/event.ts'
import { sha256 } from '../../platform/hash.ts'
import { uuidV5 } from '../../platform/uuid-v5.ts'
import type { IndexedAccount } from '../accounts-index.ts'

/** That an account is closed: named by the event that it follows, as an upsert is. */
export function accountClosedEvent({ key, eventId }: Pick<IndexedAccount, 'key' | 'eventId'>): NewEvent<'account.closed.v1'> {
  const data = { accountNumber: key }
  return { id: uuidV5('account-closed', key, eventId), type: 'account.closed.v1', key, bodyHash: sha256(JSON.stringify(data)), data }
}
