import type { Clock, Random } from './clock.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[57][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** True for a lower-case UUID of version 5 or 7, the two that Stormdoor issues. */
export function isCommandId(text: string): boolean {
  return UUID.test(text)
}

/** A UUIDv7 (RFC 9562): 48 bits of milliseconds, then random bits. Made once per command, before its first send. */
export function uuidV7(clock: Clock, random: Random): string {
  const bytes = random.bytes(16)
  let ms = Math.floor(clock.nowMs())
  for (let index = 5; index >= 0; index--) {
    bytes[index] = ms % 256
    ms = Math.floor(ms / 256)
  }
  return formatUuid(bytes, 7)
}

/** Writes version and variant into 16 bytes and prints them as a UUID. */
export function formatUuid(bytes: Uint8Array, version: 5 | 7): string {
  bytes[6] = (bytes[6]! & 0x0f) | (version << 4)
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = Array.from(bytes.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
