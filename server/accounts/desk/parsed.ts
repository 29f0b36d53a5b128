import type { z } from 'zod'
import { InvalidInputError } from '../../platform/errors.ts'
import { fieldProblems } from '../../platform/field-problems.ts'

/** What a form sent, by its schema. Throws InvalidInputError with each field's fault. */
export function parsed<S extends z.ZodType>(schema: S, input: unknown): z.infer<S> {
  const result = schema.safeParse(input, { reportInput: true })
  if (!result.success) throw new InvalidInputError(fieldProblems(result.error))
  return result.data
}
