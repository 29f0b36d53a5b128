import { describe, expect, it } from 'vitest'
import { CurveError, durationSeconds, parseCurve, stretched, timeOfShare } from './demand-curve.ts'

describe('a demand curve @drain', () => {
  it.each([
    ['seconds with a heading', 'seconds,phones\n0,1\n10,3\n', { atSeconds: [0, 10], values: [1, 3] }],
    ['seconds without one, in any order', '20,2\n10,1', { atSeconds: [0, 10], values: [1, 2] }],
    ['instants, and a column that is known by its name', 'observed_at,active_incidents,customers_out\n2019-10-08T06:10:00Z,29,447\n2019-10-08T06:20:30Z,28,446', { atSeconds: [0, 630], values: [447, 446] }],
    ['a row per county, added up by time', 'observed_at,county,customers_out,customers_served\n2017-09-10T23:20:11Z,A,37,1\n2017-09-10T23:20:11Z,B,8,1\n2017-09-10T23:40:11Z,A,5,1', { atSeconds: [0, 1_200], values: [45, 5] }],
    ['the first column that holds numbers alone', 'at,where,count\n0,x,4\n5,y,6', { atSeconds: [0, 5], values: [4, 6] }],
  ])('is read from %s', (_name, csv, curve) => {
    expect(parseCurve(csv)).toEqual(curve)
  })

  it('takes the columns that are named, by heading or number', () => {
    const csv = 'a,t,b\n7,0,1\n8,10,2'
    expect(parseCurve(csv, { time: 't', value: 'a' })).toEqual({ atSeconds: [0, 10], values: [7, 8] })
    expect(parseCurve(csv, { time: '2', value: '3' })).toEqual({ atSeconds: [0, 10], values: [1, 2] })
  })

  it.each([
    ['', 'two rows'],
    ['0,1', 'two rows'],
    ['0,1\n0,2', 'same time'],
    ['0,0\n1,0', 'All values are 0'],
    ['0,1\n1,-1', '1,-1'],
    ['seconds,phones\n0,1\n1,', 'Not a time and a value of 0 or more: 1,'],
    ['seconds,where\n0,x\n1,y', 'No column holds numbers'],
    ['0,1\nsoon,1', 'soon,1'],
    ['0,"1', 'Not a CSV file'],
  ])('refuses %j', (csv, message) => {
    expect(() => parseCurve(csv)).toThrow(CurveError)
    expect(() => parseCurve(csv)).toThrow(message)
  })

  it('says which columns there are', () => {
    expect(() => parseCurve('at,count\n0,1\n1,1', { value: 'phones' })).toThrow('No column phones. There are: at, count.')
  })

  it('brings each share of the demand when as much of its area has passed', () => {
    const triangle = timeOfShare(parseCurve('0,0\n10,2\n20,0'))
    expect([0, 0.125, 0.5, 0.875, 1].map(triangle)).toEqual([0, 5, 10, 15, 20])
    const gap = timeOfShare(parseCurve('0,1\n1,1\n1.001,0\n9.999,0\n10,1\n11,1'))
    expect(gap(0.499)).toBeLessThan(1.001)
    expect(gap(0.501)).toBeGreaterThan(9.999)
  })

  it('keeps its shape over another time', () => {
    const curve = stretched(parseCurve('0,1\n100,3\n400,2'), 60)
    expect(durationSeconds(curve)).toBe(60)
    expect(curve).toEqual({ atSeconds: [0, 15, 60], values: [1, 3, 2] })
  })
})
