import type { WithdrawReason } from '../../../../../domain/follow-up-choices.ts'
import type { Translate } from '../../../../../domain/text.ts'
import type { DeskMessages } from '../../../../../messages/text-in.ts'

/** Why the customer withdrew. In the catalogue `other` would make a plural. */
export function withdrawText(text: Translate<DeskMessages>, reason: WithdrawReason): string {
  return text(`desk.withdrawReasons.${reason === 'other' ? 'another' : reason}`)
}
