import type { Redis } from 'ioredis'
import type { ReadSources } from '../platform/read-sources.ts'
import { deskChannel } from './report-cache.ts'

export interface DeskChange {
  /** The report that changed; `*` when any may have: changes were missed, or Redis is away. */
  id: string
}

const ANY = '*'
/** A listener that is this far behind loads the list once instead of each report. */
const MOST_WAITING = 1_000
const LOOK_EVERY_MS = 5_000

/**
 * Changes of reports as they happen, until the signal. One Redis subscription per process, shared by all listeners.
 * While Redis is away it yields `*` now and then, so that the desk goes on from Postgres, and once when it is back.
 */
export async function* followDesk(sources: ReadSources, signal: AbortSignal): AsyncIterable<DeskChange> {
  const waiting = new Set<string>()
  let wake: (() => void) | undefined
  const listener = (id: string) => {
    if (waiting.size >= MOST_WAITING) {
      waiting.clear()
      waiting.add(ANY)
    } else {
      waiting.add(id)
    }
    wake?.()
  }
  const leave = joinFeed(sources, listener)
  const onAbort = () => wake?.()
  signal.addEventListener('abort', onAbort)
  try {
    while (!signal.aborted) {
      const [id] = waiting
      if (id === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
        continue
      }
      waiting.delete(id)
      yield { id }
    }
  } finally {
    signal.removeEventListener('abort', onAbort)
    leave()
  }
}

interface Feed {
  listeners: Set<(id: string) => void>
  close(): void
}

const feeds = new WeakMap<ReadSources, Feed>()

function joinFeed(sources: ReadSources, listener: (id: string) => void): () => void {
  const feed = feeds.get(sources) ?? openFeed(sources)
  feeds.set(sources, feed)
  feed.listeners.add(listener)
  return () => {
    feed.listeners.delete(listener)
    if (feed.listeners.size > 0) return
    feeds.delete(sources)
    feed.close()
  }
}

function openFeed(sources: ReadSources): Feed {
  const listeners = new Set<(id: string) => void>()
  const tell = (id: string) => {
    for (const listener of listeners) listener(id)
  }
  const subscriber: Redis = sources.redis.client.duplicate({ connectionName: 'desk', autoResubscribe: false, commandTimeout: undefined })
  subscriber.on('error', () => undefined)
  let subscribed = false
  const subscribe = () => {
    subscriber.subscribe(deskChannel(subscriber)).then(
      () => {
        subscribed = true
        tell(ANY)
      },
      () => undefined,
    )
  }
  subscriber.on('ready', subscribe)
  subscriber.on('close', () => {
    subscribed = false
  })
  subscriber.on('message', (_channel, message) => tell((JSON.parse(message) as DeskChange).id))
  const timer = setInterval(() => {
    // Asked, for a subscription to a server that is gone looks like a quiet night: silence closes the connection.
    if (subscribed) subscriber.ping().catch(() => undefined)
    else tell(ANY)
  }, LOOK_EVERY_MS)
  timer.unref()
  return {
    listeners,
    close: () => {
      clearInterval(timer)
      subscriber.disconnect()
    },
  }
}
