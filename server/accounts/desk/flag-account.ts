import { accountNumberKey } from '../../../domain/account.ts'
import { accountFlags, type AccountFlags, type FlaggingFact } from '../../../domain/account-flags.ts'
import type { Clock } from '../../../domain/clock.ts'
import { flaggingSchema } from '../../../domain/desk-account.ts'
import { type AccountFlagged, type NewEvent, versionOf } from '../../../domain/event.ts'
import { requirePermission } from '../../identity/require-permission.ts'
import type { Staff } from '../../identity/staff.ts'
import type { EventLog, FirstRecord } from '../../platform/event-log/event-log.ts'
import { sha256 } from '../../platform/hash.ts'
import type { ReadSources } from '../../platform/read-sources.ts'
import { uuidV5 } from '../../platform/uuid-v5.ts'
import { parsed } from './parsed.ts'
import { requireAccount } from './require-account.ts'

export interface FlagContext {
  log: Pick<EventLog, 'find' | 'append'>
  sources: ReadSources
  clock: Clock
}

export interface FlagResult {
  /** `overtaken`: somebody else changed them first, and nothing of this counts. */
  outcome: 'saved' | 'overtaken'
  /** As they stand now, by the log itself. */
  flags: AccountFlags
}

/**
 * Sets an account's flags, based on those that the form showed. The event's id is made of what it is based on, so that of any
 * number at once exactly one counts, wherever they are asked.
 * @throws ForbiddenError InvalidInputError NotFoundError ReadsUnavailableError LogUnavailableError
 * @throws IndeterminateError it may stand: ask again under the same id
 */
export async function flagAccount({ log, sources, clock }: FlagContext, staff: Staff, input: unknown): Promise<FlagResult> {
  requirePermission(staff, 'account.flag')
  const { flaggingId, accountNumber, basedOn, flags } = parsed(flaggingSchema, input)
  const { value: account } = await requireAccount(sources, accountNumber)
  const accountKey = accountNumberKey(account.accountNumber)
  const seen = await flaggingsOf(log, accountKey)
  const standing = accountFlags(seen)
  if ((standing.changed?.flaggingId ?? null) === basedOn) {
    const id = idAfter(accountKey, basedOn)
    const event: NewEvent<'account.flagged.v1'> = {
      id, type: 'account.flagged.v1', key: accountKey, bodyHash: bodyHash(staff, flaggingId, flags),
      data: {
        flaggingId, accountNumber: account.accountNumber, basedOn, flags, was: standing.flags,
        at: new Date(clock.nowMs()).toISOString(), actor: { staffId: staff.staffId, name: staff.name },
      },
    }
    const [appended] = await log.append([event])
    if (appended?.outcome !== 'conflicting') return { outcome: 'saved', flags: accountFlags([...seen, factFrom(appended!.first)]) }
  } else if (await isOwn(log, idAfter(accountKey, basedOn), bodyHash(staff, flaggingId, flags))) {
    // Sent again after its answer was lost.
    return { outcome: 'saved', flags: standing }
  }
  return { outcome: 'overtaken', flags: accountFlags(await flaggingsOf(log, accountKey)) }
}

const idAfter = (accountKey: string, basedOn: string | null): string => uuidV5('account-flagged', accountKey, basedOn ?? '')

const bodyHash = (staff: Staff, flaggingId: string, flags: readonly string[]): string => sha256(JSON.stringify([staff.staffId, flaggingId, flags]))

async function isOwn(log: Pick<EventLog, 'find'>, id: string, hash: string): Promise<boolean> {
  return (await log.find('accounts', id))?.envelope.bodyhash === hash
}

/** Every change that counted, by the log alone: each one's id says where the next one is. */
async function flaggingsOf(log: Pick<EventLog, 'find'>, accountKey: string): Promise<FlaggingFact[]> {
  const facts: FlaggingFact[] = []
  for (let first = await log.find('accounts', idAfter(accountKey, null)); first; first = await log.find('accounts', idAfter(accountKey, first.envelope.id))) facts.push(factFrom(first))
  return facts
}

function factFrom({ envelope }: FirstRecord): FlaggingFact {
  // These ids are made here alone, of this type.
  const { basedOn, flags, at, actor } = envelope.data as AccountFlagged
  return { flaggingId: envelope.id, basedOn, flags, at, actor, version: versionOf(envelope) }
}
