import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { countCutOff } from './cut-off.ts'

const HEADINGS = 'timeStamp,elapsed,label,responseCode,responseMessage,threadName,dataType,success,failureMessage,bytes,sentBytes,grpThreads,allThreads,URL,Latency,IdleTime,Connect,"TESTSTART.MS"'
const STARTED_AT = 1_790_000_000_000
const SCHEDULE_MS = 35_000
const SOCKET_CLOSED = 'Non HTTP response code: java.net.SocketException,Non HTTP response message: Socket closed'
const folder = mkdtempSync(join(tmpdir(), 'stormdoor-cut-off-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A sample that was sent and that ended so many milliseconds after the test had begun. */
function sample(label: string, answer: string, sentMs: number, endedMs: number): string {
  return `${STARTED_AT + sentMs},${endedMs - sentMs},${label},${answer},The storm 1-1,text,false,,2949,0,5,5,http://localhost:3000/,0,0,0,${STARTED_AT}`
}

async function cutOffOf(...samples: string[]): Promise<Record<string, number>> {
  const path = join(folder, 'samples.jtl')
  writeFileSync(path, `${[HEADINGS, ...samples].join('\n')}\n`)
  return Object.fromEntries(await countCutOff(path, SCHEDULE_MS))
}

it('counts as cut off what was under way when the schedule ended @load', async () => {
  const found = await cutOffOf(
    sample('home', '200,OK', 100, 34_000),
    sample('report', SOCKET_CLOSED, 29_900, SCHEDULE_MS),
    sample('home', SOCKET_CLOSED, 29_000, SCHEDULE_MS + 70),
    sample('home', SOCKET_CLOSED, SCHEDULE_MS + 5, SCHEDULE_MS + 90),
  )
  expect(found).toEqual({ report: 1, home: 2 })
})

it('leaves a socket that was closed in the middle an error, and any other failure at the end @load', async () => {
  const found = await cutOffOf(
    sample('home', SOCKET_CLOSED, 9_000, 12_000),
    sample('home', SOCKET_CLOSED, 29_000, SCHEDULE_MS - 100),
    sample('report', '503,Service Unavailable', 29_000, SCHEDULE_MS + 10),
    sample('report', 'Non HTTP response code: java.net.SocketException,Non HTTP response message: Connection reset', 29_000, SCHEDULE_MS + 10),
    sample('report', 'Non HTTP response code: javax.net.ssl.SSLException,Non HTTP response message: Socket closed', 29_000, SCHEDULE_MS + 10),
    sample('report', 'Non HTTP response code: java.net.SocketTimeoutException,"Non HTTP response message: Read timed out, at last"', 15_000, SCHEDULE_MS + 10),
  )
  expect(found).toEqual({})
})
