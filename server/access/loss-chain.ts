import type { AccessEnded, AccessGranted } from '../../domain/access.ts'
import { accountNumberKey } from '../../domain/account.ts'
import { type NewEvent, versionOf } from '../../domain/event.ts'
import { ChangedMeanwhileError, ConflictError, ForbiddenError } from '../platform/errors.ts'
import type { EventLog, FirstRecord } from '../platform/event-log/event-log.ts'
import { uuidV5 } from '../platform/uuid-v5.ts'
import type { Person } from './list-people-of.ts'

type LossEvent = Omit<NewEvent<'access.granted.v1'>, 'id' | 'key'> | Omit<NewEvent<'access.ended.v1'>, 'id' | 'key'>

export interface LossWrites {
  log: Pick<EventLog, 'append' | 'find'>
}

export interface Loss {
  /** Of the command; the event's id is made of the loss before. */
  commandId: string
  /** Whose access ends, or becomes less. */
  loginId: string
  accountNumber: string
  /** Who has access, as a reader knew it: it may be behind the log. */
  people: readonly Person[]
  /** Also who is alone there stays an owner: they could not make anybody one again. */
  staysThere: boolean
  event: LossEvent
}

interface Step {
  id: string
  commandId: string
  loginId: string
  version: string
  bodyHash: string
  isEnding: boolean
}

/** Others who write in between take a turn each. */
const MOST_TURNS = 20

/**
 * Logs that somebody at an account loses access or the role of an owner. Each loss is made of the one before, in the log's own order: of
 * two owners who leave at the same moment the second one finds the first one gone, however far behind the reader of either is.
 * @throws ForbiddenError others stay, and none of them would be an owner
 * @throws ConflictError the command's id was used for something else
 * @throws ChangedMeanwhileError too many others were first: ask again
 * @throws LogUnavailableError IndeterminateError
 */
export async function appendLoss(log: LossWrites['log'], { commandId, loginId, accountNumber, people, staysThere, event }: Loss): Promise<void> {
  const accountKey = accountNumberKey(accountNumber)
  const steps = await stepsOf(log, accountKey)
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    const own = steps.find((step) => step.commandId === commandId)
    if (own?.bodyHash === event.bodyHash) return
    if (own || (await log.find('identity', commandId))) throw new ConflictError('This id was used for another change; the first one stands')
    const others = people.filter((person) => person.loginId !== loginId).flatMap((person) => standing(person, steps))
    if ((others.length > 0 || staysThere) && !others.some(({ role }) => role === 'owner')) throw new ForbiddenError('Make somebody else an owner first')
    const [appended] = await log.append([{ ...event, id: idAfter(accountKey, steps.at(-1)?.id ?? null), key: accountKey } as NewEvent<'access.granted.v1' | 'access.ended.v1'>])
    if (appended?.outcome !== 'conflicting') return
    steps.push(stepFrom(appended.first))
  }
  throw new ChangedMeanwhileError('Others changed who has access at the same moment')
}

const idAfter = (accountKey: string, before: string | null): string => uuidV5('access-lost', accountKey, before ?? '')

async function stepsOf(log: Pick<EventLog, 'find'>, accountKey: string): Promise<Step[]> {
  const steps: Step[] = []
  for (let first = await log.find('identity', idAfter(accountKey, null)); first; first = await log.find('identity', idAfter(accountKey, first.envelope.id))) steps.push(stepFrom(first))
  return steps
}

function stepFrom({ envelope }: FirstRecord): Step {
  // These ids are made here alone, of these types.
  const lost = envelope.data as AccessGranted | AccessEnded
  const isEnding = 'endingId' in lost
  return { id: envelope.id, commandId: isEnding ? lost.endingId : lost.grantId, loginId: lost.loginId.toLowerCase(), version: versionOf(envelope), bodyHash: envelope.bodyhash, isEnding }
}

/** What is left of somebody's access after what the log has taken since it was read. */
function standing(person: Person, steps: readonly Step[]): Pick<Person, 'role'>[] {
  const taken = steps.findLast((step) => step.loginId === person.loginId && step.version > person.version)
  if (!taken) return [person]
  return taken.isEnding ? [] : [{ role: 'may-report' }]
}
