import { Script } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { coreCutCourse, coreCutResult, describeCoreCut, type DrillFacts } from './core-cut-result.ts'
import { readMix, sharesOf } from './mix.ts'
import { planLoad } from './plan-load.ts'
import { resultPage } from './result-page.ts'
import type { CoreCutRun } from './run-core-cut.ts'
import { SampleBook } from './samples.ts'

const shares = sharesOf(readMix())
const plan = planLoad({ curve: { atSeconds: [0, 1], values: [1, 1] }, seconds: 60, peakPerSecond: 10, shares, seed: 1 })
const facts: DrillFacts = {
  cut: ['core'], processes: ['core-sim'], curve: { name: '<i>squall</i>.csv', minutes: 1, peakPerSecond: 10 }, shares, seed: 1,
  accounts: { count: 10, loadedInSeconds: 1 }, machine: { cores: 2 }, accessLog: null,
}
const startedAtEpochMs = Date.UTC(2030, 0, 1)

function runOf(changes: Partial<CoreCutRun> = {}): CoreCutRun {
  const book = new SampleBook()
  for (let at = 0; at < 600; at++) book.add(at % 2 === 0 ? 'guest-look-up' : 'report', at * 100, at * 100, at * 100 + 20, at === 301 ? 503 : 200)
  const claims = { id: 'a', reference: 'r', bodyHash: 'h', acceptedAt: new Date(startedAtEpochMs + 5_500).toISOString(), region: 'local' }
  return {
    load: { samples: book.taken(), phones: [], receipts: [], lateness: { p50Ms: 1, p99Ms: 2, maxMs: 3, utilization: 0.1 } },
    startedAtEpochMs, span: { fromMs: 20_000, untilMs: 40_000 }, deadFromMs: 20_030,
    reckoning: { sent: 2, accepted: 2, inLog: 2, matched: 2, copiesInLog: 0, lost: 0, doubled: 0, falseReceipts: 0, neverAccepted: 0, faults: [] },
    logged: [{ partition: 'outages/0', id: 'a', bodyHash: 'h', first: true, kind: 'report', claims }],
    deliveries: { delivered: 2, repeats: 1, backlog: { reports: 1, hazardous: 0, ordinaryBeforeLastHazard: 0, drainedAfterMs: 4_000 }, faults: [] },
    held: [{ place: 1, id: 'a', receivedAtMs: startedAtEpochMs + 44_000, times: 1, hazardous: false }],
    endedThemselves: [],
    ...changes,
  }
}

describe('the result of a drill @load', () => {
  it('is kept when no report failed, was lost or doubled, and each is at the core system once', () => {
    const sound = runOf()
    expect(coreCutResult(sound, plan, facts)).toMatchObject({
      ok: true, problems: [], lookUpP99Ratio: 1, reports: { sent: 2, accepted: 2, failed: 0, lost: 0, doubled: 0, delivered: 2 },
      cut: { atSeconds: 20, deadAfterMs: 30, backAfterSeconds: 20 },
    })
    const broken: Partial<CoreCutRun>[] = [
      { reckoning: { ...sound.reckoning, neverAccepted: 1, faults: ['one'] } },
      { reckoning: { ...sound.reckoning, lost: 1 } },
      { reckoning: { ...sound.reckoning, doubled: 1 } },
      { reckoning: { ...sound.reckoning, faults: ['Receipts that do not verify: 1'] } },
      { deliveries: { ...sound.deliveries, delivered: 1 } },
      { deliveries: { ...sound.deliveries, faults: ['Hand-overs of a known report with other bytes: 1'] } },
    ]
    for (const changes of broken) expect(coreCutResult(runOf(changes), plan, facts).ok, JSON.stringify(changes)).toBe(false)
  })

  it('is told in words, errors by phase and problems included', () => {
    const text = describeCoreCut(coreCutResult(runOf({ deliveries: { ...runOf().deliveries, delivered: 1, faults: ['One is missing'] }, endedThemselves: ['sync'] }), plan, facts))
    expect(text).toMatch(/report +before[^\n]* 0 [^\n]*\n +during +5\.0 +100 +1 /)
    expect(text).toContain('NOT AS PROMISED:\n    One is missing')
    expect(text).toContain('Ended although nobody had killed them: sync')
  })

  it('counts what was accepted and what the core system had at each second', () => {
    const { reports } = coreCutCourse(runOf(), plan)
    const at = (second: number) => [reports.accepted[second], reports.delivered[second]]
    expect([at(5), at(6), at(43), at(44), at(60)]).toEqual([[0, 0], [1, 0], [1, 0], [1, 1], [1, 1]])
  })

  it('is one page that needs nothing beside itself', () => {
    const run = runOf()
    const page = resultPage(coreCutResult(run, plan, facts), coreCutCourse(run, plan))
    expect(page).not.toMatch(/<(?:link|script|img)[^>]+(?:src|href)="(?!data:,)/)
    expect(page).not.toMatch(/url\(|@import|fetch\(/)
    expect(page).not.toContain('<i>squall')
    expect(page.match(/role="img" aria-label="[^"]{40,}"/g)).toHaveLength(3)
    expect(page.match(/<table>/g)).toHaveLength(4)
    expect(page).toContain('prefers-color-scheme: dark')
    const [, course = ''] = /<script type="application\/json" id="course">([^<]*)<\/script>/.exec(page) ?? []
    expect(JSON.parse(course)).toMatchObject({ span: { fromMs: 20_000 }, lengthSeconds: 60 })
    expect(() => new Script(/<script>([\s\S]*?)<\/script>/.exec(page)![1]!)).not.toThrow()
  })
})
