import { symmetricDecrypt, symmetricEncrypt } from 'better-auth/crypto'
import type { Random } from '../../domain/clock.ts'
import type { StaffAuth } from './staff-auth.ts'

const SECRET_BYTES = 20
const RECOVERY_CODES = 10
const RECOVERY_HALF = 5
/** No look-alikes: it is read from paper. */
const LETTERS = '23456789abcdefghjkmnpqrstvwxyz'

/** The authenticator of a member of staff. */
export interface StaffFactor {
  /** Its characters are the key's bytes, as the library counts them. */
  secret: string
  /** False until its first code was shown. */
  verified: boolean
}

/** 160 bits, as characters that the library's way of keeping it allows. */
export function newFactorSecret(random: Random): string {
  return Buffer.from(random.bytes(SECRET_BYTES)).toString('base64url')
}

/** Ten codes of 49 bits for the day on which the phone is lost. */
export function newRecoveryCodes(random: Random): string[] {
  return Array.from({ length: RECOVERY_CODES }, () => `${letters(random, RECOVERY_HALF)}-${letters(random, RECOVERY_HALF)}`)
}

export async function readFactor(auth: StaffAuth, staffId: string): Promise<StaffFactor | null> {
  const row = await auth.store.staffTwoFactor.findUnique({ where: { staffId }, select: { secret: true, verified: true } })
  if (!row) return null
  return { secret: await decrypted(auth, row.secret), verified: row.verified }
}

/** What is kept of a factor, opened with the key that the library seals it with. Throws when it was sealed with another one. */
export async function decrypted(auth: StaffAuth, sealed: string): Promise<string> {
  const { secretConfig } = await auth.context
  return symmetricDecrypt({ key: secretConfig, data: sealed })
}

/** Replaces what there was, with its failures and its lock. */
export async function writeFactor(auth: StaffAuth, staffId: string, factor: StaffFactor, recoveryCodes: readonly string[]): Promise<void> {
  const { secretConfig } = await auth.context
  const seal = (data: string) => symmetricEncrypt({ key: secretConfig, data })
  const kept = { secret: await seal(factor.secret), backupCodes: await seal(JSON.stringify(recoveryCodes)), verified: factor.verified, failedVerificationCount: 0, lockedUntil: null, lastStep: 0 }
  await auth.store.$transaction([
    auth.store.staffTwoFactor.upsert({ where: { staffId }, create: { id: auth.newId(), staffId, ...kept }, update: kept }),
    auth.store.staffMember.update({ where: { id: staffId }, data: { twoFactorEnabled: factor.verified } }),
  ])
}

export async function writeRecoveryCodes(auth: StaffAuth, staffId: string, recoveryCodes: readonly string[]): Promise<void> {
  const { secretConfig } = await auth.context
  const backupCodes = await symmetricEncrypt({ key: secretConfig, data: JSON.stringify(recoveryCodes) })
  await auth.store.staffTwoFactor.update({ where: { staffId }, data: { backupCodes } })
}

/** At the next sign-in a new one is enrolled. */
export async function removeFactor(auth: StaffAuth, staffId: string): Promise<void> {
  await auth.store.$transaction([
    auth.store.staffTwoFactor.deleteMany({ where: { staffId } }),
    auth.store.staffMember.update({ where: { id: staffId }, data: { twoFactorEnabled: false } }),
  ])
}

/** Of two that show the same code at once, one: false for a step that was taken, or is older than one that was. */
export async function takeStep(auth: StaffAuth, staffId: string, step: number): Promise<boolean> {
  const { count } = await auth.store.staffTwoFactor.updateMany({ where: { staffId, lastStep: { lt: step } }, data: { lastStep: step } })
  return count === 1
}

function letters(random: Random, count: number): string {
  let drawn = ''
  while (drawn.length < count) {
    const [byte = 255] = random.bytes(1)
    // What would make some letters more likely is drawn again.
    if (byte < LETTERS.length * Math.floor(256 / LETTERS.length)) drawn += LETTERS[byte % LETTERS.length]
  }
  return drawn
}
