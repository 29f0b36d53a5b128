import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDoor, type TestDoor } from '../../processes/api/door/door-fixture.ts'
import { readLoggedReports } from './count-holdings.ts'
import { reckon } from './reckoning.ts'
import { runStorm } from './run-storm.ts'
import type { StormPlan, Victim } from './storm-plan.ts'
import { findBadReceipts } from './verify-receipts.ts'

let door: TestDoor

beforeEach(async () => {
  door = await openDoor()
})
afterEach(() => door.close())

const plan: StormPlan = {
  blows: [{ victims: ['redis', 'web'], downMs: 50 }],
  phones: [
    { blow: 0, offsetMs: -20, temper: 'plain', seed: 1 },
    { blow: 0, offsetMs: -10, temper: 'twins', seed: 2 },
    { blow: 0, offsetMs: 5, temper: 'second-body', seed: 3 },
    { blow: 0, offsetMs: 60, temper: 'twins', seed: 4 },
  ],
}

async function weather(kill: (name: Victim) => Promise<void> = () => Promise.resolve()) {
  const blows: string[] = []
  const news: string[] = []
  const phones = await runStorm({
    target: {
      url: door.url,
      kill: async (name) => {
        blows.push(`kill ${name}`)
        await kill(name)
      },
      start: (name) => Promise.resolve(blows.push(`start ${name}`)),
    },
    plan,
    accountNumbers: ['4100000017'],
    patienceMs: 20_000,
    onNews: (text, { received }) => news.push(`${text} ${received}`),
  })
  return { phones, blows, news }
}

describe('a storm over a real door and log', () => {
  it('ends with every report accepted once, twins included, and each second body a conflict', async () => {
    const { phones, blows } = await weather()
    const log = await readLoggedReports(door.log)
    const projected = phones.map(({ id, bodyHash, secondBodyHash }) => ({ id, bodyHash, conflicts: secondBodyHash === null ? 0 : 1 }))
    expect(reckon({ phones, log, postgres: projected, redis: projected })).toMatchObject({ sent: 4, accepted: 4, inLog: 4, lost: 0, doubled: 0, conflicts: 1, faults: [] })
    expect(phones.filter(({ secondRefused }) => secondRefused)).toHaveLength(1)
    expect(blows.toSorted()).toEqual(['kill redis', 'kill web', 'start redis', 'start web'])
  })

  it('keeps the phones sending while the door does not answer', async () => {
    // The first two answers of the door break off: what was logged by then is sent again under the same id.
    let broken = 0
    door.app.server.prependListener('request', (_request, response) => {
      if (broken++ < 2) response.destroy()
    })
    const { phones } = await weather()
    expect(phones.every(({ accepted }) => accepted)).toBe(true)
    expect(phones.reduce((sum, { attempts }) => sum + attempts, 0)).toBeGreaterThan(phones.length)
    expect((await readLoggedReports(door.log)).length).toBe(5)
  })

  it('finds a receipt that is about another report', async () => {
    const { phones } = await weather()
    const receipts = phones.map(({ id, bodyHash, receipt }) => ({ id, bodyHash, receipt: receipt! }))
    expect(await findBadReceipts(door.url, receipts)).toEqual([])
    const [first, second] = receipts
    const swapped = [{ ...first!, receipt: second!.receipt }, second!]
    expect(await findBadReceipts(door.url, swapped)).toEqual([first!.id])
    const [head, claims, signature] = second!.receipt.split('.')
    const forged = `${head}.${claims}.${signature!.startsWith('A') ? 'B' : 'A'}${signature!.slice(1)}`
    expect(await findBadReceipts(door.url, [{ ...second!, receipt: forged }])).toEqual([second!.id])
  })
})
