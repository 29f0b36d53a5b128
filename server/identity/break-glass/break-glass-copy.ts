import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { z } from 'zod'
import { staffSchema } from '../staff.ts'

/** In the data folder. */
export const breakGlassFile = 'break-glass.enc'
const MAGIC = Buffer.from('stormdoor break-glass 1\n')
const IV_BYTES = 12
const TAG_BYTES = 16
const DAY_MS = 24 * 60 * 60_000
/** Who left the utility a week ago must not be let in by an old file. */
export const BREAK_GLASS_DAYS_MOST = 7
/** For clocks that differ. */
const AHEAD_MOST_MS = 5 * 60_000

const memberSchema = staffSchema.omit({ breakGlass: true }).extend({ email: z.string(), passwordHash: z.string().min(1), secret: z.string().min(1) })
export type BreakGlassMember = z.infer<typeof memberSchema>
const copySchema = z.object({ writtenAtMs: z.int(), staff: z.array(memberSchema) })

/** Whoever may sign in with a password and a second factor, sealed in a file: for the time when the identity store is away. */
export interface BreakGlassCopy {
  write(staff: readonly BreakGlassMember[], nowMs: number): void
  /** Null when there is none, it was changed, it is of another key, or it is older than BREAK_GLASS_DAYS_MOST. */
  read(nowMs: number): { writtenAtMs: number; staff: readonly BreakGlassMember[] } | null
}

/** @param key 32 bytes in hex, of STAFF_BREAK_GLASS_KEY */
export function breakGlassCopy(path: string, key: string): BreakGlassCopy {
  const keyBytes = Buffer.from(key, 'hex')
  return {
    write: (staff, nowMs) => {
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv('aes-256-gcm', keyBytes, iv)
      cipher.setAAD(MAGIC)
      const sealed = Buffer.concat([cipher.update(JSON.stringify({ writtenAtMs: nowMs, staff })), cipher.final()])
      writeWhole(path, Buffer.concat([MAGIC, iv, cipher.getAuthTag(), sealed]))
    },
    read: (nowMs) => {
      const copy = opened(path, keyBytes)
      if (!copy || copy.writtenAtMs > nowMs + AHEAD_MOST_MS || nowMs - copy.writtenAtMs > BREAK_GLASS_DAYS_MOST * DAY_MS) return null
      return copy
    },
  }
}

function opened(path: string, key: Buffer): z.infer<typeof copySchema> | null {
  try {
    const bytes = readFileSync(path)
    if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) return null
    const iv = bytes.subarray(MAGIC.length, MAGIC.length + IV_BYTES)
    const tag = bytes.subarray(MAGIC.length + IV_BYTES, MAGIC.length + IV_BYTES + TAG_BYTES)
    const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES })
    decipher.setAAD(MAGIC).setAuthTag(tag)
    const text = Buffer.concat([decipher.update(bytes.subarray(MAGIC.length + IV_BYTES + TAG_BYTES)), decipher.final()]).toString()
    return copySchema.parse(JSON.parse(text))
  } catch {
    return null
  }
}

/** Beside, then in its place: whoever reads it sees the old one or the new one. */
function writeWhole(path: string, bytes: Buffer): void {
  const beside = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  const file = openSync(beside, 'w', 0o600)
  try {
    writeSync(file, bytes)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(beside, path)
}
