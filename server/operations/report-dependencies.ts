import type { Clock, Random } from '../../domain/clock.ts'
import type { NewEvent } from '../../domain/event.ts'
import type { Dependency, DependencyChanged } from '../../domain/operations.ts'
import { uuidV7 } from '../../domain/uuid.ts'
import { dependencyStates, onDependencyChange } from '../platform/dependency-states.ts'
import type { EventLog } from '../platform/event-log/event-log.ts'
import { sha256 } from '../platform/hash.ts'
import { uuidV5 } from '../platform/uuid-v5.ts'

/** Between two words about one dependency: one that flaps is told of as it stands, not at each turn. */
const AT_MOST_EVERY_MS = 5_000
/** What is down is said again: whoever hears no more of it takes the process for dead (STALE_AFTER_MS of the board). */
const SAY_AGAIN_MS = 240_000

interface Told {
  /** The state as it was told last, or is being told. */
  words: string
  event: NewEvent<'dependency.changed.v1'>
  /** Monotonic ms of the last try. */
  triedAtMs: number
  arrived: boolean
}

/**
 * Tells the log what this process finds of its dependencies: at first what it has, then what changes. Waits for nobody and keeps
 * nobody waiting; while the log is away nothing is gathered, and the state of then is told when it is back.
 * @returns ends it
 */
export function reportDependencies(options: {
  append: EventLog['append']
  /** Which process this is: `web`, and its node's name: `web-2`. */
  process: string
  node: string
  clock: Clock
  random: Random
}): () => void {
  const { append, process, node, clock, random } = options
  const start = uuidV7(clock, random)
  const told = new Map<Dependency, Told>()
  let count = 0
  let busy = false

  const eventOf = (words: DependencyChanged): NewEvent<'dependency.changed.v1'> => ({
    id: uuidV5('dependency-changed', start, String(count++)),
    type: 'dependency.changed.v1',
    key: node,
    bodyHash: sha256(JSON.stringify(words)),
    data: words,
  })
  const due = (): Told[] =>
    dependencyStates().flatMap(({ dependency, state, since, reason }) => {
      const words: DependencyChanged = { process, node, dependency, state: state === 'closed' ? 'closed' : 'open', at: since, reason }
      const text = JSON.stringify(words)
      const last = told.get(dependency)
      const quietMs = last ? clock.monotonicMs() - last.triedAtMs : Number.POSITIVE_INFINITY
      if (quietMs < AT_MOST_EVERY_MS) return []
      const again = last?.words === text
      if (again && last.arrived && (words.state === 'closed' || quietMs < SAY_AGAIN_MS)) return []
      // Not known to have arrived: under the same id, so that it counts once.
      const event = again && !last.arrived ? last.event : eventOf(words)
      const now = { words: text, event, triedAtMs: clock.monotonicMs(), arrived: false }
      told.set(dependency, now)
      return [now]
    })
  const tell = async () => {
    if (busy) return
    const news = due()
    if (news.length === 0) return
    busy = true
    try {
      await append(news.map(({ event }) => event))
      for (const one of news) one.arrived = true
    } catch {
      // Told as it then stands at the next look.
    } finally {
      busy = false
    }
  }
  const looking = setInterval(() => void tell(), AT_MOST_EVERY_MS).unref()
  const leave = onDependencyChange(() => void tell())
  void tell()
  return () => {
    clearInterval(looking)
    leave()
  }
}
