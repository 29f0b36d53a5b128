import type { ProfileChanged } from '../../domain/access.ts'
import type { NewEvent } from '../../domain/event.ts'
import { type Profile, profileChangeSchema } from '../../domain/me.ts'
import type { Utility } from '../../domain/utility.ts'
import { normalizePhone } from '../accounts/normalize-phone.ts'
import { ChangedMeanwhileError, InvalidInputError } from '../platform/errors.ts'
import type { EventLog } from '../platform/event-log/event-log.ts'
import { fieldProblems } from '../platform/field-problems.ts'
import { sha256 } from '../platform/hash.ts'
import { uuidV5 } from '../platform/uuid-v5.ts'
import { profileFrom } from './profile.ts'

export interface ProfileWrites {
  log: Pick<EventLog, 'append'>
  utility: Pick<Utility, 'defaultCountry'>
}

/**
 * Changes how a customer wants to be reached: durable when this resolves. Of two changes of the same version the log's first
 * counts, whoever asked where; the second is told so. The same change again is the same change.
 * @param input profileChangeSchema, unparsed
 * @throws InvalidInputError
 * @throws ChangedMeanwhileError it was changed from there already: read it again
 * @throws LogUnavailableError nothing was written
 * @throws IndeterminateError it may stand: send the same again
 */
export async function changeProfile({ log, utility }: ProfileWrites, customer: { loginId: string }, input: unknown): Promise<Profile> {
  const parsed = profileChangeSchema.safeParse(input, { reportInput: true })
  if (!parsed.success) throw new InvalidInputError(fieldProblems(parsed.error))
  const { changeId, basedOn, language, channels, quietHours, name, phone: typed, email } = parsed.data
  const phone = typed === undefined ? undefined : normalizePhone(typed, utility.defaultCountry)
  if (phone === null) throw new InvalidInputError([{ field: '/phone', rule: 'phone', fix: 'Give a phone number, such as +17075550142' }])
  const { loginId } = customer
  const personal = { ...(name === undefined ? {} : { name }), ...(phone === undefined ? {} : { phone }), ...(email === undefined ? {} : { email }) }
  const change: ProfileChanged = { changeId: changeId.toLowerCase(), loginId, basedOn, language, channels: [...new Set(channels)], quietHours, personal }
  const id = uuidV5('profile-changed', loginId, basedOn ?? '')
  const event: NewEvent<'profile.changed.v1'> = { id, type: 'profile.changed.v1', key: loginId, bodyHash: sha256(JSON.stringify(change)), data: change }
  const [appended] = await log.append([event])
  if (appended?.outcome === 'conflicting') throw new ChangedMeanwhileError('The profile was changed from there already')
  return profileFrom({ stepId: id, change })
}
