import { InvalidInputError } from '../../platform/errors.ts'
import type { CustomerAuth } from './customer-auth.ts'
import { whenIdentityAnswers } from './when-identity-answers.ts'

const TRIES = 5

/** A code that was right. */
export interface RightCode {
  /** The account that it is for. */
  accountNumber: string
  /** Uses it up, once for all who try at once. Throws InvalidInputError when somebody was first. */
  close(): Promise<void>
  /** It may be used again: what it was for could not be done. */
  open(): Promise<void>
  /** This try was no guess. */
  giveBackTry(): Promise<void>
}

/**
 * Tries a code: five times each. Throws InvalidInputError (/code, rule `code`) for a wrong one, one that is over, was used, or never
 * matched anything: nobody can tell them apart. ReadsUnavailableError.
 * @param loginId of who asked for it; null for a sign-up
 */
export async function useCode(customers: CustomerAuth, { id, code, loginId }: { id: string; code: string; loginId: string | null }): Promise<RightCode> {
  const { database, clock, secrets } = customers
  const [row] = await whenIdentityAnswers(() =>
    database.customerCode.updateManyAndReturn({
      where: { id, loginId, usedAt: null, tries: { lt: TRIES }, expiresAt: { gt: new Date(clock.nowMs()) } },
      data: { tries: { increment: 1 } },
    }),
  )
  const right = secrets.isOf(row?.codeHash ?? '', `code ${id}`, code)
  if (!row?.matched || !right) throw wrongCode()
  return {
    accountNumber: row.matched,
    close: async () => {
      const { count } = await whenIdentityAnswers(() => database.customerCode.updateMany({ where: { id, usedAt: null }, data: { usedAt: new Date(clock.nowMs()) } }))
      if (count === 0) throw wrongCode()
    },
    open: async () => void (await database.customerCode.updateMany({ where: { id }, data: { usedAt: null } }).catch(() => undefined)),
    giveBackTry: async () => void (await database.customerCode.updateMany({ where: { id }, data: { tries: { decrement: 1 } } }).catch(() => undefined)),
  }
}

function wrongCode(): InvalidInputError {
  return new InvalidInputError([{ field: '/code', rule: 'code', fix: 'Look at the newest message again, or ask for another code' }])
}
