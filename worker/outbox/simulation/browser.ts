import type { Wake } from '../claim-report.ts'
import type { Owner } from '../report-record.ts'
import type { Device } from './device.ts'
import type { PhoneContext } from './phone-context.ts'

/** What a page or worker finds around it. */
export interface Browser {
  readonly device: Device
  /** The login whose cookie the browser has; null for none. */
  readonly signedIn: Owner
  /** Nothing more is saved than a run has time to send. */
  isFull(): boolean
  /** Tells every other page that something changed. */
  announced(by: PhoneContext): void
  /** A page asks the worker to send, now and after the page. */
  askToSend(wake: Wake): void
  /** A sync event failed: the browser gives it again. */
  syncFailed(): void
  /** Follows what was started, for nothing may end unseen. */
  follow(what: string, work: () => Promise<void>): void
  /** Lets a fault of the disk pass: it was told. Anything else that is thrown is a fault of the outbox. */
  expectStorageFault(error: unknown): null
}
