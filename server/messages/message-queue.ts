import type { Clock, Random } from '../../domain/clock.ts'
import { withoutDeadline } from '../platform/deadline.ts'
import type { Logger } from '../platform/logger.ts'
import { counter } from '../platform/metrics.ts'
import type { Message } from './message.ts'
import type { MessageSender } from './send-message.ts'

/** What is over it is not sent: whoever waits for a code asks for another. */
const MOST_UNDER_WAY = 1_000
const TRIES = 3
const FIRST_RETRY_MS = 1_000
const CLOSE_WITHIN_MS = 3_000

const sent = counter('stormdoor_messages_total', 'Messages to customers, by what became of them', ['channel', 'outcome'])

/** Sends after the answer: how long it takes, and whether there was anything to send, nobody sees. */
export interface MessageQueue {
  /** Never waits and never throws. */
  send(message: Message): void
  /** Does work whose outcome must not show in an answer, such as looking up whom to write to. It is begun again when it fails: what it sends, it sends last. */
  later(work: () => Promise<void>): void
  /** What was put in by now is done, or given up. */
  idle(): Promise<void>
  /** Waits for what is under way, for some seconds at the most. */
  close(): Promise<void>
}

export function queueMessages({ sender, clock, random, logger }: { sender: MessageSender; clock: Clock; random: Random; logger: Pick<Logger, 'error'> }): MessageQueue {
  const underWay = new Set<Promise<void>>()
  const closing = new AbortController()

  const run = (work: () => Promise<void>, gaveUp: (error: unknown) => void) => {
    if (underWay.size >= MOST_UNDER_WAY || closing.signal.aborted) {
      logger.error({ waiting: underWay.size }, 'too many messages wait to be sent: one was let go')
      return
    }
    // The request's deadline is not this work's.
    const done: Promise<void> = withoutDeadline(() => patiently(work)).catch(gaveUp).finally(() => underWay.delete(done))
    underWay.add(done)
  }
  const patiently = async (work: () => Promise<void>) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work()
      } catch (error) {
        if (attempt >= TRIES || closing.signal.aborted) throw error
        await clock.sleep(FIRST_RETRY_MS * 2 ** (attempt - 1) * (0.5 + random.fraction() / 2), closing.signal).catch(() => undefined)
      }
    }
  }
  const idle = async () => {
    while (underWay.size > 0) await Promise.all(underWay)
  }
  return {
    send: (message) => {
      const { channel, template } = message
      const deliver = async () => {
        await sender.send(message)
        sent.inc({ channel, outcome: 'sent' })
      }
      run(deliver, (error) => {
        sent.inc({ channel, outcome: 'failed' })
        logger.error({ err: error, channel, template }, 'a message could not be sent')
      })
    },
    later: (work) => run(work, (error) => logger.error({ err: error }, 'what was to be done after an answer was not')),
    idle,
    close: async () => {
      const patience = new AbortController()
      await Promise.race([idle(), clock.sleep(CLOSE_WITHIN_MS, patience.signal).catch(() => undefined)])
      patience.abort()
      closing.abort()
      await idle()
      sender.close()
    },
  }
}
