import { writeSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { systemClock } from '../../../domain/clock.ts'
import { TOPICS } from '../../../domain/event.ts'
import { FencedError } from './fenced-error.ts'
import { openEventLog } from './open-event-log.ts'

/**
 * Shares every topic until it is killed, saving `position` as its cursor of each partition all the time, and says what happens
 * on standard output: `began`, `ended` or `fenced`, partition and epoch. Arguments: the log's URL, a group, a position.
 */
const [url = '', group = '', position = ''] = process.argv.slice(2)
const log = await openEventLog({ url, clock: systemClock, region: 'test', node: 'doomed' })
const say = (what: string, partition: string, epoch: string): number => writeSync(1, `${what} ${partition} ${epoch}\n`)

await log.share(group, TOPICS, {
  signal: new AbortController().signal,
  work: async ({ partition, epoch, signal }) => {
    say('began', partition, epoch)
    while (!signal.aborted) {
      await delay(10)
      await log.saveCursor(group, partition, position, epoch).catch((error: unknown) => {
        if (error instanceof FencedError) say('fenced', partition, epoch)
      })
    }
    // Once more, as work does that was under way when its partition went.
    const late = await log.saveCursor(group, partition, position, epoch).catch((error: unknown) => error)
    if (late instanceof FencedError) say('fenced', partition, epoch)
    say('ended', partition, epoch)
  },
})
