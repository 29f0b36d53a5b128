import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { parse } from 'csv-parse'

/** How JMeter writes down a request that it broke off itself. */
const BROKEN_OFF = { responseCode: 'Non HTTP response code: java.net.SocketException', responseMessage: 'Non HTTP response message: Socket closed' }
/** Samples and schedule are timed by two clocks of JMeter's, and rounded. */
const CLOCKS_APART_MS = 20
/** The variable that tells each sample when the test began, epoch milliseconds: the schedule counts from there. */
export const TEST_START = 'TESTSTART.MS'

type Sample = Partial<Record<'timeStamp' | 'elapsed' | 'label' | 'responseCode' | 'responseMessage' | typeof TEST_START, string>>

/**
 * Counts, by sampler, what JMeter broke off because its schedule was over: those requests' answers nobody waited for.
 * The same failure before that end is none of them.
 * @param path of JMeter's samples, CSV with headings and a column of TEST_START
 * @param scheduleMs length of the schedule, with its last pause
 */
export async function countCutOff(path: string, scheduleMs: number): Promise<Map<string, number>> {
  const cutOff = new Map<string, number>()
  await pipeline(createReadStream(path), parse({ columns: true }), async (samples: AsyncIterable<Sample>) => {
    for await (const { timeStamp, elapsed, label = '', responseCode, responseMessage, [TEST_START]: startedAt } of samples) {
      if (responseCode !== BROKEN_OFF.responseCode || responseMessage !== BROKEN_OFF.responseMessage) continue
      const endedAfterMs = Number(timeStamp) + Number(elapsed) - Number(startedAt)
      if (endedAfterMs >= scheduleMs - CLOCKS_APART_MS) cutOff.set(label, (cutOff.get(label) ?? 0) + 1)
    }
  })
  return cutOff
}
