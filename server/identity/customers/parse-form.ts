import { z } from 'zod'
import { InvalidInputError } from '../../platform/errors.ts'
import { fieldProblems } from '../../platform/field-problems.ts'
import { LONGEST_PASSWORD } from '../check-password.ts'

/** As typed: `Who@Example.com ` is `who@example.com`. */
export const emailField = z.string().trim().toLowerCase().pipe(z.email().max(254))
/** One that is only compared: no rule of it is told to a guesser. */
export const passwordField = z.string().min(1).max(LONGEST_PASSWORD)
export const accountNumberField = z.string().trim().min(1).max(40)
export const codeField = z.string().transform((typed) => typed.replace(/\s/g, '')).pipe(z.string().regex(/^\d{6}$/, 'The six digits of the message'))
/** A link's token, as it stands in its address. */
export const tokenField = z.string().trim().min(16).max(512)

/** Throws InvalidInputError with the field, the rule and how to fix it. */
export function parseForm<T extends z.ZodType>(schema: T, typed: unknown): z.infer<T> {
  const parsed = schema.safeParse(typed)
  if (!parsed.success) throw new InvalidInputError(fieldProblems(parsed.error))
  return parsed.data
}
