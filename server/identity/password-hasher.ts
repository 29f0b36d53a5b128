import { hashPassword, verifyPassword } from 'better-auth/crypto'

/** What is kept in place of a password, and whether a password is the one it was made of. */
export interface PasswordHasher {
  hash(password: string): Promise<string>
  verify(guess: { hash: string; password: string }): Promise<boolean>
}

/** scrypt with a salt of its own for each, N = 16,384, r = 16, p = 1: each guess takes 32 MB and tens of milliseconds. */
export const passwordHasher: PasswordHasher = { hash: hashPassword, verify: verifyPassword }
