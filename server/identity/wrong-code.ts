import { InvalidInputError } from '../platform/errors.ts'

/** Also for a right one that was shown before. */
export function wrongCode(): InvalidInputError {
  return new InvalidInputError([{ field: '/code', rule: 'wrong', fix: 'Give the code that the authenticator shows now' }])
}
