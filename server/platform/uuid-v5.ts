import { createHash } from 'node:crypto'
import { formatUuid } from '../../domain/uuid.ts'

/** Stormdoor's namespace: itself the UUIDv5 of "stormdoor" in the DNS namespace of RFC 9562. */
const NAMESPACE = Buffer.from('aeff3f4f9a975290bd01bae3d53d0933', 'hex')

/**
 * The id of what the server starts itself, from its natural key: two nodes or two regions make the same one.
 * @param kind what is named, e.g. `account-upserted`
 * @param parts the natural key, in order
 */
export function uuidV5(kind: string, ...parts: readonly string[]): string {
  const name = JSON.stringify([kind, ...parts])
  return formatUuid(createHash('sha1').update(NAMESPACE).update(name).digest(), 5)
}
