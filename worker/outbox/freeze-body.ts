import { toBase64url } from './base64url.ts'
import type { Outbox } from './outbox.ts'
import type { Delivery } from './report-record.ts'
import { clockEvidence, readClocks, type ServerClock } from './server-clock.ts'

/** A command's body as bytes, serialised here and never again, with the hash over exactly these bytes. */
export async function freezeBody(command: object): Promise<Pick<Delivery, 'body' | 'bodyHash'>> {
  const body = new TextEncoder().encode(JSON.stringify(command))
  return { body, bodyHash: toBase64url(await sha256(body)) }
}

/** The part of a record that sending changes, as it is before the first send. */
export const UNSENT = { attempts: 0, lease: null, retry: null, attention: null, received: null } as const

/** What the phone knows of the server's clock when it saves; nothing when it knows nothing. */
export function evidenceAtSave({ clock, contextId }: Outbox, serverClock: ServerClock | null): Pick<Delivery, 'clockEvidence'> {
  const evidence = serverClock && clockEvidence(serverClock, readClocks(clock), contextId)
  return evidence ? { clockEvidence: evidence } : {}
}

export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
}
