import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../bin/test-support/temporary-folder.ts'
import type { AccessRole } from '../../domain/access.ts'
import { systemClock, systemRandom } from '../../domain/clock.ts'
import { versionOf } from '../../domain/event.ts'
import { uuidV7 } from '../../domain/uuid.ts'
import { foldIdentity } from '../../processes/projector/fold-identity.ts'
import { seededFraction, shuffled } from '../../processes/projector/sample-events.ts'
import { ForbiddenError } from '../platform/errors.ts'
import type { EventLog } from '../platform/event-log/event-log.ts'
import { openEventLog } from '../platform/event-log/open-event-log.ts'
import { standingAccess } from './access-record.ts'
import { appendGrant, grantEvent } from './grant-access.ts'
import type { Person } from './list-people-of.ts'
import { appendLoss, type Loss } from './loss-chain.ts'

const newId = () => uuidV7(systemClock, systemRandom)
const now = () => new Date().toISOString()

let log: EventLog
beforeAll(async () => {
  log = await openEventLog({ url: `sqlite:${join(temporaryFolder(), 'log.sqlite')}`, clock: systemClock, region: 'test', node: 'test' })
})
afterAll(() => log.close())

const end = (accountNumber: string, loginId: string, people: readonly Person[], commandId = newId()) =>
  appendLoss(log, {
    commandId, loginId, accountNumber, people, staysThere: false,
    event: { type: 'access.ended.v1', bodyHash: Buffer.alloc(32, loginId).toString('base64url'), data: { endingId: commandId, loginId, accountNumber, at: now(), reason: 'left', by: loginId } },
  } satisfies Loss)

const demote = (accountNumber: string, loginId: string, people: readonly Person[]) => {
  const grantId = newId()
  const event = grantEvent({ grantId, loginId, accountNumber, role: 'may-pay', from: now(), how: 'role-changed', by: loginId })
  return appendLoss(log, { commandId: grantId, loginId, accountNumber, people, staysThere: true, event })
}

async function give(accountNumber: string, role: AccessRole): Promise<string> {
  const loginId = newId()
  await appendGrant(log, { grantId: newId(), loginId, accountNumber, role, from: now(), how: 'added', by: loginId })
  return loginId
}

/** Who is at an account by the log, its events folded in an order of their own. */
async function peopleAt(accountNumber: string, seed: number): Promise<Person[]> {
  const records = []
  for await (const batch of log.read('identity/0', null, { signal: new AbortController().signal, follow: false })) records.push(...batch.filter(({ first }) => first))
  const fold = foldIdentity()
  for (const { envelope } of shuffled(records, seededFraction(seed))) {
    fold.take({ type: envelope.type, data: envelope.data } as Parameters<typeof fold.take>[0], { eventId: envelope.id, version: versionOf(envelope), asOf: envelope.time })
  }
  return standingAccess(fold.folded().access).filter((person) => person.accountNumber === accountNumber)
}

describe('who leaves an account @access', () => {
  it('never leaves others without an owner: not at the same moment, not by readers that are far behind', async () => {
    for (let round = 0; round < 12; round++) {
      const accountNumber = `4100-77${round}`
      const fraction = seededFraction(round + 1)
      const owners = [await give(accountNumber, 'owner'), await give(accountNumber, 'owner'), await give(accountNumber, 'owner')]
      await give(accountNumber, 'may-report')
      const before = await peopleAt(accountNumber, round)
      const losses = owners.map((loginId) => (fraction() < 0.5 ? end(accountNumber, loginId, before) : demote(accountNumber, loginId, before)))
      const refused = (await Promise.allSettled(losses)).flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []))
      expect(refused, `round ${round}`).toEqual([expect.any(ForbiddenError)])
      const left = await peopleAt(accountNumber, round + 100)
      expect(left.filter(({ role }) => role === 'owner')).toHaveLength(1)
      expect(await peopleAt(accountNumber, round + 200), 'in whatever order').toEqual(left)
    }
  })

  it('may all leave when nobody else is there, and come back to be asked again', async () => {
    const accountNumber = '4100-880'
    const [one, other] = [await give(accountNumber, 'owner'), await give(accountNumber, 'owner')]
    const before = await peopleAt(accountNumber, 1)
    const commandId = newId()
    await Promise.all([end(accountNumber, one, before), end(accountNumber, other, before, commandId)])
    await end(accountNumber, other, before, commandId)
    expect(await peopleAt(accountNumber, 2)).toEqual([])
    await appendGrant(log, { grantId: newId(), loginId: one, accountNumber, role: 'owner', from: now(), how: 'added', by: one })
    await give(accountNumber, 'may-pay')
    await expect(end(accountNumber, one, await peopleAt(accountNumber, 3))).rejects.toThrow(ForbiddenError)
  })
})
