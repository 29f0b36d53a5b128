import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../../bin/test-support/temporary-folder.ts'
import type { Account } from '../../domain/account.ts'
import { sampleAccount, sampleEvent } from '../../processes/projector/sample-events.ts'
import type { EventLog, LogRecord } from '../platform/event-log/event-log.ts'
import { AccountsIndex } from './accounts-index.ts'

/** A log as a cluster may give it: late events, and an id that stands in it twice. `during` runs while a batch is on its way. */
function logOf(records: LogRecord[], during: () => Promise<void> = () => Promise.resolve()): Pick<EventLog, 'partitions' | 'read'> {
  return {
    partitions: () => Promise.resolve(['accounts/0']),
    async *read(_, after) {
      const rest = records.slice(after === null ? 0 : Number(after) + 1)
      if (rest.length === 0) return
      await during()
      yield rest
    },
  }
}

/** @param order of the event's clock; the place in the array is its place in the log */
function logged(...events: { order: number; account: Account; id?: string; first?: boolean }[]): LogRecord[] {
  return events.map(({ order, account, id, first = true }, place) => {
    const envelope = sampleEvent(order, account)
    return { position: String(place), first, envelope: { ...envelope, id: id ?? `event-${order}` } }
  })
}

const [old, newer] = ['Old', 'Newer'].map((name) => sampleAccount(1, { personal: { name } })) as [Account, Account]
const open = (path = join(temporaryFolder(), 'index.sqlite'), logId = 'log-1') => new AccountsIndex(path, logId)

it('takes the newest event by its clock, not by its place in the log', async () => {
  const index = open()
  await index.catchUp(logOf(logged({ order: 5, account: newer }, { order: 2, account: old })))
  expect(index.find('4100000001')?.eventId).toBe('event-5')
  index.close()
})

it('takes the first record of an id alone, so that a copy does not bring old words back', async () => {
  const index = open()
  const copy = { order: 3, account: old, id: 'A', first: false }
  await index.catchUp(logOf(logged({ order: 1, account: old, id: 'A' }, { order: 2, account: newer, id: 'B' }, copy)))
  expect(index.find('4100000001')?.eventId).toBe('B')
  index.close()
})

it('starts anew for another log', async () => {
  const path = join(temporaryFolder(), 'index.sqlite')
  const first = open(path)
  await first.catchUp(logOf(logged({ order: 1, account: old })))
  first.close()
  const second = open(path, 'log-2')
  expect([...second.eventIds()]).toEqual([])
  second.close()
})

it('does not step back when another process moves it on meanwhile', async () => {
  const path = join(temporaryFolder(), 'index.sqlite')
  const [slow, fast] = [open(path), open(path)]
  const all = logged({ order: 1, account: old }, { order: 2, account: sampleAccount(2) }, { order: 3, account: sampleAccount(3) })
  const positions: string[] = []
  const watched: Pick<EventLog, 'partitions' | 'read'> = {
    ...logOf(all),
    read: (partition, after, options) => {
      positions.push(String(after))
      return logOf(all).read(partition, after, options)
    },
  }
  let first = true
  await slow.catchUp(logOf(all.slice(0, 1), async () => {
    if (first) await fast.catchUp(logOf(all))
    first = false
  }))
  await slow.catchUp(watched)
  expect(positions).toEqual(['2'])
  expect([...slow.eventIds()]).toEqual(['event-1', 'event-2', 'event-3'])
  slow.close()
  fast.close()
})
