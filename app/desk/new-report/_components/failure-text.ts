import type { Translate } from '../../../../domain/text.ts'
import type { DeskMessages } from '../../../../messages/text-in.ts'
import type { ActionFailure } from '../../../action-result.ts'

/** True when one of the faults lies in this field or inside it. @param field JSON Pointer into the report */
export function wrongField(failure: ActionFailure | null, field: string): boolean {
  return failure?.fields.some((problem) => problem.field === field || problem.field.startsWith(`${field}/`)) ?? false
}

/** What went wrong and what to do, in a sentence or two. */
export function failureText(failure: ActionFailure, text: Translate<DeskMessages>): string {
  switch (failure.code) {
    case 'invalid-input':
      return faults(failure, text).join(' ')
    case 'not-signed-in':
      return `${text('desk.sessionOver')} ${text('desk.signInAgain')}.`
    case 'conflict':
    case 'not-found':
      return text('desk.formConflict')
    case 'indeterminate':
      return text('desk.formIndeterminate')
    case 'log-unavailable':
    case 'overloaded':
      return text('desk.formUnavailable')
    default:
      return text('desk.formUnknown', { code: failure.traceId })
  }
}

function faults(failure: ActionFailure, text: Translate<DeskMessages>): string[] {
  const tooLong = failure.fields.filter(({ rule }) => rule.startsWith('max-')).map(({ field }) => text('desk.formTooLong', { field: field.split('/').at(-1)! }))
  const said = [
    ...(failure.fields.some(({ field, rule }) => field === '/scope' && !rule.startsWith('max-')) ? [text('desk.formScopeMissing')] : []),
    ...(failure.fields.some(({ field, rule }) => field === '/place' && !rule.startsWith('max-')) ? [text('desk.formWhereMissing')] : []),
    ...tooLong,
  ]
  return said.length > 0 ? said : [text('desk.formUnknown', { code: failure.traceId })]
}
