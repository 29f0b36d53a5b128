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

async function lane(name: number): Promise<never> {
  for (let batch = 0; ; batch++) {
    const events = [1, 2, 3].map(() => matchedEvent(`${round}/${name}/${batch}`))
    await log.append(events)
    // Synchronous, so that a line is out before anything can be killed between answer and line.
    writeSync(1, `${events.map((event) => event.id).join(' ')}\n`)
  }
}
await Promise.all([lane(1), lane(2), lane(3), lane(4)])
