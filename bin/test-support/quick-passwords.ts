import { randomBytes, scryptSync } from 'node:crypto'
import type { PasswordHasher } from '../../server/identity/password-hasher.ts'

const hashed = (password: string, salt: string) => `${salt}:${scryptSync(password.normalize('NFKC'), salt, 32, { N: 2 }).toString('hex')}`

/** For tests that are not about how long a guess takes: in the portal each takes as long as it can. */
export const quickPasswords: PasswordHasher = {
  hash: (password) => Promise.resolve(hashed(password, randomBytes(16).toString('hex'))),
  verify: ({ hash, password }) => Promise.resolve(hashed(password, hash.split(':')[0] ?? '') === hash),
}
