import { expect, it } from 'vitest'
import { jmeterFigures } from './jmeter-figures.ts'

const row = (transaction: string, sampleCount: number, errorCount: number) => ({
  transaction, sampleCount, errorCount, errorPct: 0, meanResTime: 5, medianResTime: 4, minResTime: 1, maxResTime: 90, pct1ResTime: 7, pct2ResTime: 8, pct3ResTime: 60.123, throughput: 12.3456,
})

it('takes from JMeter what its report says of each sampler @load', () => {
  const { total, routes } = jmeterFigures({ Total: row('Total', 30, 4), report: row('report', 20, 3), home: row('home', 10, 1) }, new Map([['report', 2], ['home', 1]]))
  expect(total).toEqual({ name: 'Total', requests: 30, errors: 1, cutOff: 3, perSecond: 12.35, p50Ms: 4, p99Ms: 60.12, maxMs: 90 })
  expect(routes.map(({ name, errors, cutOff }) => ({ name, errors, cutOff }))).toEqual([{ name: 'home', errors: 0, cutOff: 1 }, { name: 'report', errors: 1, cutOff: 2 }])
  expect(() => jmeterFigures({ home: row('home', 10, 0) }, new Map())).toThrow('no total')
})
