import type { Clock, Random } from '../../../domain/clock.ts'
import type { Utility } from '../../../domain/utility.ts'
import type { MessageQueue } from '../../messages/message-queue.ts'
import type { EventLog } from '../../platform/event-log/event-log.ts'
import type { Logger } from '../../platform/logger.ts'
import type { ReadSources } from '../../platform/read-sources.ts'
import type { AuditTrail } from '../../audit/record-acts.ts'
import type { PasswordHasher } from '../password-hasher.ts'
import type { Revocations } from '../revocations.ts'
import type { CustomerLimits } from './customer-limits.ts'
import { type CustomerLibrary, customerLibrary } from './customer-library.ts'
import { createCustomerSessions, type CustomerSessions } from './customer-sessions.ts'
import { type KnownDevices, knownDevices } from './known-device.ts'
import { oneTimeSecrets, type OneTimeSecrets } from './one-time-secrets.ts'

export interface CustomerAuthOptions {
  databaseUrl: string
  sessionSecret: string
  publicUrl: string
  /** Of the identity store, as customerLibrary takes them. */
  answersWithinMs?: number
  passwords?: PasswordHasher
  utility: Utility
  sources: ReadSources
  /** Rejects while the log cannot be opened. */
  log: Pick<EventLog, 'append' | 'find'>
  revocations: Revocations
  limits: CustomerLimits
  messages: MessageQueue
  audit: Pick<AuditTrail, 'take'>
  clock: Clock
  random: Random
  logger: Pick<Logger, 'error' | 'warn'>
}

/** Customers' identity: what its verbs take. `find` is of CustomerSessions: who is signed in. */
export interface CustomerAuth extends CustomerSessions, Omit<CustomerAuthOptions, 'databaseUrl' | 'sessionSecret' | 'publicUrl' | 'answersWithinMs' | 'passwords'> {
  library: CustomerLibrary
  database: CustomerLibrary['database']
  devices: KnownDevices
  secrets: OneTimeSecrets
  /** Address of a page of the portal, for a message. */
  link(path: string, query?: Readonly<Record<string, string>>): string
  close(): Promise<void>
}

/** Opens no connection until it is used and never throws because a store is down. */
export function createCustomerAuth({ databaseUrl, sessionSecret, publicUrl, answersWithinMs, passwords, ...shared }: CustomerAuthOptions): CustomerAuth {
  const { clock, random, utility, revocations } = shared
  const sessions = createCustomerSessions({ sessionSecret, publicUrl, revocations })
  const library = customerLibrary({ databaseUrl, sessionSecret, publicUrl, answersWithinMs, passwords, clock, random, utilityName: utility.name })
  return {
    ...shared,
    find: (headers) => sessions.find(headers),
    library,
    database: library.database,
    devices: knownDevices({ sessionSecret, publicUrl }),
    secrets: oneTimeSecrets(sessionSecret, random),
    link: (path, query = {}) => {
      const url = new URL(path, publicUrl)
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
      return url.href
    },
    close: () => library.close(),
  }
}
