import { accountNumberKey } from '../../../domain/account.ts'
import type { Clock } from '../../../domain/clock.ts'
import { noteSchema } from '../../../domain/desk-account.ts'
import type { AccountNoted, NewEvent } from '../../../domain/event.ts'
import { requirePermission } from '../../identity/require-permission.ts'
import type { Staff } from '../../identity/staff.ts'
import { commandEventId } from '../../platform/command-id.ts'
import { ConflictError } from '../../platform/errors.ts'
import type { EventLog } from '../../platform/event-log/event-log.ts'
import { sha256 } from '../../platform/hash.ts'
import type { ReadSources } from '../../platform/read-sources.ts'
import type { AccountNote } from './account-desk.ts'
import { parsed } from './parsed.ts'
import { requireAccount } from './require-account.ts'

/**
 * Notes something about an account, once: it is never changed.
 * @throws ForbiddenError InvalidInputError NotFoundError ReadsUnavailableError LogUnavailableError
 * @throws ConflictError the id was used for another note
 * @throws IndeterminateError it may stand: ask again under the same id
 */
export async function noteAccount({ log, sources, clock }: { log: Pick<EventLog, 'append'>; sources: ReadSources; clock: Clock }, staff: Staff, input: unknown): Promise<AccountNote> {
  requirePermission(staff, 'account.note')
  const { noteId: commandId, accountNumber, text } = parsed(noteSchema, input)
  const noteId = commandEventId('account-noted', staff.staffId, commandId)
  const { value: account } = await requireAccount(sources, accountNumber)
  const key = accountNumberKey(account.accountNumber)
  const event: NewEvent<'account.noted.v1'> = {
    id: noteId, type: 'account.noted.v1', key, bodyHash: sha256(JSON.stringify([key, staff.staffId, text])),
    data: {
      noteId, accountNumber: account.accountNumber, at: new Date(clock.nowMs()).toISOString(),
      actor: { staffId: staff.staffId, name: staff.name }, personal: { text },
    },
  }
  const [appended] = await log.append([event])
  if (appended?.outcome === 'conflicting') throw new ConflictError('This id was used for another note; the first one stands')
  const { at, actor, personal } = appended!.first.envelope.data as AccountNoted
  return { noteId: appended!.first.envelope.id, at, actor, text: personal.text }
}
