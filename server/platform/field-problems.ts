import type { z } from 'zod'
import type { FieldProblem } from '../../domain/problem.ts'

const MAX_PROBLEMS = 20
const MAX_POINTER_CHARS = 100

/** The issues of a failed zod parse as field (JSON Pointer), rule and fix; at most 20. Never repeats a value. */
export function fieldProblems(error: z.ZodError): FieldProblem[] {
  return error.issues.flatMap(problemsOf).slice(0, MAX_PROBLEMS)
}

function problemsOf(issue: z.core.$ZodIssue): FieldProblem[] {
  const field = pointer(issue.path)
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ field: pointer([...issue.path, key]), rule: 'unknown-field', fix: 'Leave this field out' }))
    case 'invalid_type':
      return [
        issue.input === undefined
          ? { field, rule: 'required', fix: `Give this field as ${issue.expected}` }
          : { field, rule: 'type', fix: `Send ${issue.expected}` },
      ]
    case 'invalid_value':
      return [{ field, rule: 'one-of', fix: `Use one of: ${issue.values.map(String).join(', ')}` }]
    case 'invalid_format':
      return [{ field, rule: `format-${issue.format}`, fix: FORMATS[issue.format] ?? `Use the format ${issue.format}` }]
    case 'too_small':
      return [{ field, rule: `min-${issue.minimum}`, fix: `Give at least ${issue.minimum}${UNITS[issue.origin] ?? ''}` }]
    case 'too_big':
      return [{ field, rule: `max-${issue.maximum}`, fix: `Give at most ${issue.maximum}${UNITS[issue.origin] ?? ''}` }]
    case 'custom':
      return [{ field, rule: 'custom', fix: issue.message }]
    case 'invalid_element':
    case 'invalid_key':
    case 'invalid_union':
    case 'not_multiple_of':
      return [{ field, rule: issue.code, fix: 'Correct this value' }]
  }
}

const FORMATS: Record<string, string> = {
  uuid: 'A UUID of version 7, such as 01980f6e-7a4c-7cc3-98d5-0a1b2c3d4e5f',
  datetime: 'UTC with milliseconds, such as 2026-01-31T04:05:06.789Z',
}
const UNITS: Record<string, string> = { string: ' characters', array: ' items' }

function pointer(path: readonly PropertyKey[]): string {
  return path
    .map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('')
    .slice(0, MAX_POINTER_CHARS)
}
