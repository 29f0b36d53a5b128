import { writeSync } from 'node:fs'
import { systemClock } from '../../../domain/clock.ts'
import { matchedEvent } from './matched-event.fixture.ts'
import { openEventLog } from './open-event-log.ts'

/**
 * Appends batches of three events over four lanes until it is killed, and says so on standard output by one line
 * `<id> <id> <id>` per batch once the log has answered. Arguments: the log's URL and the name of the round.
 */
const [url = '', round = ''] = process.argv.slice(2)
const log = await openEventLog({ url, clock: systemClock, region: 'test', node: 'doomed' })

/** Synchronous, so that an answer is told before anything else is done with it; a full pipe is waited for. */
function print(line: string): void {
  for (let rest = Buffer.from(line); rest.length > 0; ) {
    try {
      rest = rest.subarray(writeSync(1, rest))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
    }
  }
}

async function lane(name: number): Promise<never> {
  for (let batch = 0; ; batch++) {
    const events = [1, 2, 3].map(() => matchedEvent(`${round}/${name}/${batch}`))
    await log.append(events)
    print(`${events.map((event) => event.id).join(' ')}\n`)
  }
}
await Promise.all([lane(1), lane(2), lane(3), lane(4)])
