import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readAll } from './conformance.ts'
import type { Appended, EventLog, LogRecord } from './event-log.ts'
import { matchedEvent } from './matched-event.fixture.ts'

const NODES = ['one', 'two', 'three']
const UNTIL_SENT = { timeout: 25_000, interval: 50 }
const IDS = 40

/** A new, empty log of one test, which several nodes open. */
export interface ManyNodesUnderTest {
  /** A node of its own, without anything kept from an earlier one; gives an append up after `appendBoundMs`. */
  open(node: string, options?: { appendBoundMs: number }): Promise<EventLog>
  /** From now on what nodes send is committed and no answer reaches them, until the function that it gives is called. */
  loseAnswers(): () => Promise<void>
  dispose(): Promise<void>
}

type First = Pick<LogRecord, 'position' | 'envelope'>

async function firstsOf(log: EventLog): Promise<Map<string, First>> {
  const firsts = (await readAll(log)).filter(({ first }) => first)
  const byId = new Map(firsts.map(({ position, envelope }) => [envelope.id, { position, envelope }]))
  expect(byId.size, 'two records of one id are flagged as its first').toBe(firsts.length)
  return byId
}

/** What every adapter must do when several nodes share the log, over as many partitions as it has. */
export function describeManyNodes(name: string, factory: () => Promise<ManyNodesUnderTest>): void {
  describe(`event log of many nodes: ${name}`, () => {
    let underTest: ManyNodesUnderTest
    let opened: EventLog[]
    const open = async (node: string, options?: { appendBoundMs: number }): Promise<EventLog> => {
      const log = await underTest.open(node, options)
      opened.push(log)
      return log
    }
    const openAll = (): Promise<EventLog[]> => Promise.all(NODES.map((node) => open(node)))
    /** Every node appends every id at once, one id after the other. */
    const race = async (logs: readonly EventLog[], bodyOf: (node: number) => string): Promise<Appended[][]> => {
      const ids = Array.from({ length: IDS }, () => matchedEvent('').id)
      return Promise.all(ids.map(async (id) => (await Promise.all(logs.map((log, node) => log.append([matchedEvent(bodyOf(node), id)])))).flat()))
    }

    beforeEach(async () => {
      opened = []
      underTest = await factory()
    })
    afterEach(async () => {
      await Promise.all(opened.map((log) => log.close()))
      await underTest.dispose()
    })

    test('nodes that race one id with one body agree on the first record, and one of them alone appended it', async () => {
      const logs = await openAll()
      const answers = await race(logs, () => 'the same')
      const firsts = await firstsOf(logs[0]!)
      expect(firsts.size).toBe(IDS)
      for (const ofOneId of answers) {
        const [{ first }] = ofOneId as [Appended]
        expect(ofOneId.map(({ outcome }) => outcome).toSorted()).toEqual(['appended', 'repeated', 'repeated'])
        for (const answer of ofOneId) expect(answer.first).toEqual(first)
        expect(firsts.get(first.envelope.id)).toEqual({ position: first.position, envelope: first.envelope })
      }
      expect(await logs[1]!.statistics('outages')).toEqual({ events: IDS, distinctIds: IDS, conflicts: 0 })
    })

    test('nodes that race one id with different bodies agree on the first record, and every other body is kept once', async () => {
      const logs = await openAll()
      const answers = await race(logs, (node) => `body of ${node}`)
      const records = await readAll(logs[2]!)
      for (const ofOneId of answers) {
        const [{ first }] = ofOneId as [Appended]
        expect(ofOneId.map(({ outcome }) => outcome).toSorted()).toEqual(['appended', 'conflicting', 'conflicting'])
        for (const answer of ofOneId) expect(answer.first).toEqual(first)
        const ofId = records.filter(({ envelope }) => envelope.id === first.envelope.id)
        expect(ofId.filter((record) => record.first)).toEqual([{ position: first.position, first: true, envelope: first.envelope }])
        expect(ofId.map(({ envelope }) => envelope.bodyhash).toSorted()).toEqual(NODES.map((_, node) => matchedEvent(`body of ${node}`).bodyHash).toSorted())
      }
      for (const log of logs) expect(await log.statistics('outages')).toEqual({ events: IDS * 3, distinctIds: IDS, conflicts: IDS * 2 })
    })

    test('an append whose answer is lost is indeterminate, is in the log, and a retry gets that record', async () => {
      const log = await open('door', { appendBoundMs: 1_500 })
      await log.append([matchedEvent('before')])
      const event = matchedEvent('unheard')
      const heal = underTest.loseAnswers()
      // What waits behind an earlier send whose answer is lost too is refused for sure, until that one is given up.
      await expect.poll(() => log.append([event]).then(() => 'appended', (error: { code: string }) => error.code), UNTIL_SENT).toBe('indeterminate')
      await heal()
      const other = await open('other')
      const [retried] = await other.append([event])
      expect(retried).toMatchObject({ outcome: 'repeated', first: { envelope: { node: expect.stringMatching(/^door\./) } } })
      expect(await log.append([event])).toEqual([retried])
      const [late] = await log.append([matchedEvent('another body', event.id)])
      expect(late).toEqual({ outcome: 'conflicting', first: retried!.first })
      expect([...(await firstsOf(other)).keys()]).toContain(event.id)
    })

    test('a node that starts with nothing finds the same firsts, conflicts and counts', async () => {
      const logs = await openAll()
      await race(logs, () => 'the same')
      await race(logs, (node) => `body of ${node}`)
      const [before, firsts] = [await readAll(logs[0]!), await firstsOf(logs[0]!)]
      const statistics = await logs[0]!.statistics('outages')
      await Promise.all(logs.map((log) => log.close()))
      const anew = await open('anew')
      expect(await readAll(anew)).toEqual(before)
      expect(await anew.statistics('outages')).toEqual(statistics)
      for (const [id, { position, envelope }] of firsts) {
        expect(await anew.find('outages', id)).toMatchObject({ position, envelope })
        const answers = await anew.append([matchedEvent('a late body', id)])
        expect(answers).toMatchObject([{ outcome: 'conflicting', first: { position, envelope } }])
      }
    })
  })
}
