import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../domain/clock.ts'
import { TOPICS } from '../../../domain/event.ts'
import type { LogUnderTest } from './conformance.ts'
import type { EventLog, Ownership, Partition, Position } from './event-log.ts'
import { FencedError } from './fenced-error.ts'
import { matchedEvent } from './matched-event.fixture.ts'
import { openEventLog } from './open-event-log.ts'

const PATIENTLY = { timeout: 30_000, interval: 20 }
/** The 10 s that the port promises, and room for a busy machine. */
const TAKEN_OVER = { timeout: 20_000, interval: 20 }
const FIXTURE = `${import.meta.dirname}/share-until-killed.fixture.ts`
const GROUP = 'sharing'

/** A member in this process, and all that it ever owned. */
interface Member {
  log: EventLog
  owned: () => Partition[]
  history: Ownership[]
  leave: () => Promise<void>
  left: Promise<void>
}

/** How every adapter shares partitions among processes, and fences those that lost one. */
export function describeSharing(name: string, factory: () => Promise<LogUnderTest>): void {
  describe(`sharing: ${name}`, { timeout: 90_000 }, () => {
    let underTest: LogUnderTest
    let opened: EventLog[]
    let children: ChildProcess[]
    let members: Member[]
    let partitions: Partition[]
    let position: Position
    /** Partition → members that work on it now. Graceful moves never let two. */
    let busy: Map<Partition, number>
    let overlaps: Partition[]

    const open = async (node: string): Promise<EventLog> => {
      const log = await openEventLog({ url: underTest.url, clock: systemClock, region: 'test', node })
      opened.push(log)
      return log
    }

    beforeEach(async () => {
      ;[opened, children, members, overlaps, busy] = [[], [], [], [], new Map()]
      underTest = await factory()
      const log = await open('witness')
      const [appended] = await log.append([matchedEvent('north')])
      position = appended!.first.position
      partitions = (await Promise.all(TOPICS.map((topic) => log.partitions(topic)))).flat().sort()
    })
    afterEach(async () => {
      await Promise.all(children.map(end))
      await Promise.all(members.map(({ leave }) => leave().catch(() => undefined)))
      await Promise.all(opened.map((log) => log.close()))
      await underTest.dispose()
    })

    async function join(node: string, ending: (signal: AbortSignal) => Promise<void> = aborted): Promise<Member> {
      const log = await open(node)
      const stop = new AbortController()
      const history: Ownership[] = []
      const held = new Set<Partition>()
      const left = log.share(GROUP, TOPICS, {
        signal: stop.signal,
        work: async (ownership) => {
          const { partition, signal } = ownership
          history.push(ownership)
          held.add(partition)
          busy.set(partition, (busy.get(partition) ?? 0) + 1)
          if (busy.get(partition)! > 1) overlaps.push(partition)
          try {
            await ending(signal)
          } finally {
            held.delete(partition)
            busy.set(partition, busy.get(partition)! - 1)
          }
        },
      })
      left.catch(() => undefined)
      const member = { log, history, left, owned: () => [...held].sort(), leave: () => (stop.abort(), left) }
      members.push(member)
      return member
    }

    const owners = (): Partition[] => members.flatMap((member) => member.owned()).sort()

    async function settled(...sharing: Member[]): Promise<void> {
      await expect.poll(() => ({ owned: owners(), fair: isFair(sharing.map((member) => member.owned().length)) }), PATIENTLY).toEqual({ owned: partitions, fair: true })
    }

    function spawnMember(): { child: ChildProcess; said: () => string[] } {
      const child = spawn(process.execPath, [FIXTURE, underTest.url, GROUP, position], { stdio: ['ignore', 'pipe', 'inherit'] })
      children.push(child)
      let text = ''
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      return { child, said: () => text.split('\n').slice(0, -1) }
    }

    test('each partition is worked on by one member, evenly, and moves on only when it must', async () => {
      const one = await join('one')
      await settled(one)
      const two = await join('two')
      await settled(one, two)
      const three = await join('three')
      await settled(one, two, three)
      const kept = [...one.owned(), ...three.owned()]
      await two.leave()
      await settled(one, three)
      expect(owners()).toEqual(expect.arrayContaining(kept))
      expect(overlaps).toEqual([])
      for (const partition of partitions) {
        const epochs = members.flatMap(({ history }) => history).filter((own) => own.partition === partition).map(({ epoch }) => epoch)
        expect(new Set(epochs).size, 'an epoch was given twice').toBe(epochs.length)
      }
    })

    test('a member that leaves hands over at once', async () => {
      const [one, two] = [await join('one'), await join('two')]
      await settled(one, two)
      const startedMs = performance.now()
      await one.leave()
      await settled(two)
      expect(performance.now() - startedMs).toBeLessThan(4_000)
      expect(overlaps).toEqual([])
    })

    test('work is waited for before another member begins', async () => {
      const slow = await join('slow', async (signal) => (await aborted(signal), systemClock.sleep(500)))
      await settled(slow)
      const two = await join('two')
      await settled(slow, two)
      await slow.leave()
      await settled(two)
      expect(overlaps).toEqual([])
    })

    test('each owner has a greater epoch than the one before', async () => {
      const seen = new Map<Partition, string>()
      for (const node of ['one', 'two', 'three']) {
        const member = await join(node)
        await settled(member)
        for (const { partition, epoch } of member.history) {
          expect(epoch > (seen.get(partition) ?? '')).toBe(true)
          seen.set(partition, epoch)
        }
        await member.leave()
      }
    })

    test('what a killed process had is taken over within 10 s', async () => {
      const survivor = await join('survivor')
      await settled(survivor)
      const { child, said } = spawnMember()
      await expect.poll(() => said().filter((line) => line.startsWith('began')).length, PATIENTLY).toBe(Math.floor(partitions.length / 2))
      await expect.poll(() => survivor.owned().length, PATIENTLY).toBe(Math.ceil(partitions.length / 2))
      await end(child)
      await expect.poll(() => survivor.owned(), TAKEN_OVER).toEqual(partitions)
    })

    test('a suspended process loses its partitions within 10 s, changes nothing when it wakes, and takes part again', async () => {
      const survivor = await join('survivor')
      await settled(survivor)
      const { child, said } = spawnMember()
      const began = (): string[] => said().filter((line) => line.startsWith('began'))
      await expect.poll(() => began().length, PATIENTLY).toBe(Math.floor(partitions.length / 2))
      const lost = began().map((line) => line.slice('began '.length))
      await stopBetweenWrites(child, survivor.log)
      await expect.poll(() => survivor.owned(), TAKEN_OVER).toEqual(partitions)
      const [another] = await survivor.log.append([matchedEvent('south')])
      for (const { partition, epoch } of survivor.history.slice(-lost.length)) await survivor.log.saveCursor(GROUP, partition, another!.first.position, epoch)
      child.kill('SIGCONT')
      await expect.poll(() => lost.filter((own) => !said().includes(`ended ${own}`)), PATIENTLY).toEqual([])
      expect(lost.filter((own) => !said().includes(`fenced ${own}`))).toEqual([])
      await expect.poll(() => began().length, PATIENTLY).toBeGreaterThan(lost.length)
      await expect.poll(() => survivor.owned().length, PATIENTLY).toBe(Math.ceil(partitions.length / 2))
    })

    test('a cursor obeys the latest epoch that saved it, and plain tools are never refused', async () => {
      const [log, other] = [await open('one'), await open('two')]
      const [first, second] = (await log.append([matchedEvent('a'), matchedEvent('b')])).map((answer) => answer.first)
      const partition = first!.partition
      await log.saveCursor('matching', partition, first!.position, '0000000000000002')
      await other.saveCursor('matching', partition, second!.position, '0000000000000003')
      const stale = log.saveCursor('matching', partition, first!.position, '0000000000000002')
      const beside = log.saveCursor('news', partition, first!.position, '0000000000000001')
      await expect(stale).rejects.toThrow(FencedError)
      await beside
      expect(await log.loadCursor('matching', partition)).toBe(second!.position)
      expect(await other.loadCursor('news', partition)).toBe(first!.position)
      await log.saveCursor('matching', partition, first!.position)
      await expect(log.saveCursor('matching', partition, first!.position, '0000000000000002')).rejects.toThrow(FencedError)
      await other.saveCursor('matching', partition, second!.position, '0000000000000003')
      expect(await log.loadCursor('matching', partition)).toBe(second!.position)
    })

    test('work that fails ends its membership, tells why, and leaves all to the others', async () => {
      const failing = await join('failing', () => Promise.reject(new Error('broken work')))
      await expect(failing.left).rejects.toThrow('broken work')
      const heir = await join('heir')
      await settled(heir)
    })

    test('work that ends though its partition is owned is begun again', async () => {
      let turns = 0
      const member = await join('hasty', (signal) => (++turns > partitions.length ? aborted(signal) : Promise.resolve()))
      await settled(member)
      expect(turns).toBeGreaterThanOrEqual(2 * partitions.length)
    })

    test('closing the log ends its memberships', async () => {
      const member = await join('one')
      await settled(member)
      await member.log.close()
      await member.left
      expect(member.owned()).toEqual([])
      await expect(member.log.share(GROUP, TOPICS, { signal: new AbortController().signal, work: ({ signal }) => aborted(signal) })).rejects.toMatchObject({ code: 'log-unavailable' })
    })
  })
}

function isFair(counts: readonly number[]): boolean {
  return Math.max(...counts) - Math.min(...counts) <= 1
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const closed = once(child, 'close')
  child.kill('SIGKILL')
  await closed
}

/** Long for a write that nothing holds up, short beside the silence after which a member is given up. */
const WRITES_WITHIN_MS = 1_000

/** Stopped within a write, a process holds up every other one's where the log has a single lock: that is another fault. */
async function stopBetweenWrites(child: ChildProcess, log: EventLog): Promise<void> {
  for (;;) {
    child.kill('SIGSTOP')
    const written = log.append([matchedEvent('a probe')]).then(() => true, () => false)
    if (await Promise.race([written, delay(WRITES_WITHIN_MS, false)])) return
    child.kill('SIGCONT')
    await written
  }
}
