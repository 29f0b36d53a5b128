import { createHash } from 'node:crypto'
import type { AuditRow } from '../../../server/audit/audit-entries-of.ts'

const BUCKET_CHARS = 3

/** Which of 4,096 parts of the trail an entry is in. */
export const bucketOf = (entryId: string): string => entryId.slice(0, BUCKET_CHARS)

/** Over every field, whatever the order of the members in what JSON it holds. base64url. */
export function digestOf(row: AuditRow): string {
  return createHash('sha256').update(JSON.stringify(canonical(row))).digest('base64url')
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical)
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)).map(([key, member]) => [key, canonical(member)])
}

/** Says of each part of the trail whether two sides have the same, in constant memory. */
export class AuditDigest {
  readonly parts = new Map<string, bigint>()
  entries = 0

  add(row: AuditRow): void {
    const bucket = bucketOf(row.entryId)
    const sum = (this.parts.get(bucket) ?? 0n) + BigInt(`0x${Buffer.from(digestOf(row), 'base64url').toString('hex')}`)
    this.parts.set(bucket, sum)
    this.entries++
  }

  /** Parts that differ. */
  differing(other: AuditDigest): Set<string> {
    const all = new Set([...this.parts.keys(), ...other.parts.keys()])
    return new Set([...all].filter((bucket) => this.parts.get(bucket) !== other.parts.get(bucket)))
  }
}
