import { accountNumberKey, type Account } from '../../domain/account.ts'
import { type EventData, type EventEnvelope, eventTypes, versionOf } from '../../domain/event.ts'
import type { LogRecord } from '../platform/event-log/event-log.ts'
import type { IndexChange, KeptAccount, SearchStore } from './search-store.ts'

/** Folds records of the topic accounts into the store, to be called within its transaction. @returns what changes in memory, in order */
export function foldAccounts(store: SearchStore, records: readonly LogRecord[]): IndexChange[] {
  return records.flatMap(({ first, envelope }) => (first ? (foldOne(store, envelope) ?? []) : []))
}

/** One that cannot be read is passed over: it must not keep all that come after it from being found. */
function foldOne(store: SearchStore, envelope: EventEnvelope): IndexChange | null {
  if (envelope.type === 'account.upserted.v1') {
    const { data } = eventTypes['account.upserted.v1'].data.safeParse(envelope.data)
    return data ? upserted(store, envelope, data) : null
  }
  if (envelope.type === 'account.closed.v1') {
    const { data } = eventTypes['account.closed.v1'].data.safeParse(envelope.data)
    return data ? closed(store, envelope, data) : null
  }
  if (envelope.type !== 'account.flagged.v1') return null
  const { data } = eventTypes['account.flagged.v1'].data.safeParse(envelope.data)
  return data ? flagged(store, data) : null
}

function upserted(store: SearchStore, envelope: EventEnvelope, account: Account): IndexChange | null {
  const key = accountNumberKey(account.accountNumber)
  if (!isNewer(store, key, envelope)) return null
  const { name, phones, email, address } = account.personal
  const kept: KeptAccount = {
    accountNumber: account.accountNumber, meterNumber: account.meterNumber, name, phones, closed: false,
    line1: address.line1, ...(address.line2 === undefined ? {} : { line2: address.line2 }), city: address.city, postalCode: address.postalCode,
    ...(email === undefined ? {} : { email }),
    asOf: envelope.time, flags: store.ofKey(key)?.account.flags ?? store.flagsWaiting(key),
  }
  return store.put(key, versionOf(envelope), kept)
}

/** Who calls about a closed account must still be found. */
function closed(store: SearchStore, envelope: EventEnvelope, { accountNumber }: EventData<'account.closed.v1'>): IndexChange | null {
  const key = accountNumberKey(accountNumber)
  const known = store.ofKey(key)
  return known && isNewer(store, key, envelope) ? store.put(key, versionOf(envelope), { ...known.account, closed: true, asOf: envelope.time }) : null
}

/** Of two changes based on the same one the log has the first alone under its id, so they come here in their order. */
function flagged(store: SearchStore, { accountNumber, flags }: EventData<'account.flagged.v1'>): IndexChange | null {
  const key = accountNumberKey(accountNumber)
  store.keepFlags(key, flags)
  const known = store.ofKey(key)
  return known ? store.put(key, store.versionOf(key) ?? '', { ...known.account, flags }) : null
}

function isNewer(store: SearchStore, key: string, envelope: EventEnvelope): boolean {
  const version = store.versionOf(key)
  return version === null || versionOf(envelope) > version
}
