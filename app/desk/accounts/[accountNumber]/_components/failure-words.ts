import type { Translate } from '../../../../../domain/text.ts'
import type { DeskMessages } from '../../../../../messages/text-in.ts'
import type { CommandFailure } from './use-command.ts'

/** What went wrong and what to do, in a sentence or two. */
export function failureWords({ code, traceId }: CommandFailure, text: Translate<DeskMessages>): string {
  switch (code) {
    case 'not-signed-in':
      return text('desk.account.failed.signed-out')
    case 'forbidden':
    case 'indeterminate':
    case 'conflict':
    case 'not-found':
      return text(`desk.account.failed.${code}`)
    case 'log-unavailable':
    case 'reads-unavailable':
    case 'overloaded':
      return text('desk.account.failed.unavailable')
    default:
      return text('desk.account.failed.unknown', { code: traceId })
  }
}
