import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { mixLines } from '../jmeter/mix-lines.ts'
import { readMix, ROUTE_NAMES, routeMatcher, sharesOf, sharesOfCounts } from './mix.ts'

const LOAD_FOLDER = join(import.meta.dirname, '..')
const mix = readMix()
const read = (path: string) => readFileSync(join(LOAD_FOLDER, path), 'utf8')

describe('the mix @load', () => {
  it('is 70 % of status and pages, 15 % of look-ups and 15 % of reports', () => {
    const percent = (group: string) => mix.filter((route) => route.group === group).reduce((sum, route) => sum + route.percent, 0)
    expect([percent('pages'), percent('look-ups'), percent('reports')]).toEqual([70, 15, 15])
    expect(sharesOf(mix)).toMatchObject({ report: 0.15, home: 0.18 })
  })

  it('knows its routes in an access log, and no others', () => {
    const routeOf = routeMatcher(mix)
    for (const { name, method, path } of mix) expect(routeOf(method, path.replace(/\{\w+\}/, '019c0000-0000-7000-8000-000000000001'))).toBe(name)
    expect(['/', '/es/', '/en?utm=1'].map((path) => routeOf('GET', path))).toEqual(['home', 'home', 'home'])
    expect(routeOf('HEAD', '/es/report')).toBe('report-page')
    expect(routeOf('GET', '/api/v1/accounts?phone=5550100')).toBe('account-look-up')
    expect(['/desk', '/_next/static/chunk.js', '/reports', '/api/v1/outage-reports/x/follow-ups'].map((path) => routeOf('GET', path))).toEqual([null, null, null, null])
    expect(routeOf('PUT', '/')).toBeNull()
  })

  it('takes shares from counts', () => {
    expect(sharesOfCounts({ home: 3, report: 1 })).toMatchObject({ 'home': 0.75, 'report': 0.25, 'sign-in-page': 0 })
    expect(() => sharesOfCounts({})).toThrow(RangeError)
  })
})

describe('the mix for other tools @load', () => {
  it('is what the JMeter plan asks for', () => {
    const plan = read('jmeter/storm.jmx')
    const storm = plan.slice(plan.indexOf('<SwitchController'))
    const samplers = [...storm.matchAll(/<HTTPSamplerProxy [^>]*testname="([^"]+)">([\s\S]*?)<\/HTTPSamplerProxy>/g)].map(([, name, body = '']) => ({
      name,
      method: /HTTPSampler\.method">(\w+)</.exec(body)?.[1],
      path: /HTTPSampler\.path">([^<]+)</.exec(body)?.[1]?.replace('${knownId}', '{id}').replace('${accountNumber}', '{accountNumber}'),
    }))
    expect(samplers).toEqual(mix.map(({ name, method, path }) => ({ name, method, path })))
    expect(read('jmeter/routes.csv')).toBe(mixLines(mix))
  })

  it('is spread over the lines that JMeter reads', () => {
    const [, ...names] = mixLines(mix).trim().split('\n')
    for (const { name, percent } of mix) {
      expect(names.filter((line) => line === name)).toHaveLength(percent)
      expect(Math.abs(names.slice(0, 50).filter((line) => line === name).length - percent / 2)).toBeLessThanOrEqual(2)
    }
  })

  it('is what the k6 script reads and asks for', () => {
    const script = read('k6/storm.js')
    expect(script).toContain("open('../core-cut/mix.json')")
    const asked = script.slice(script.indexOf('const asked = {'), script.indexOf('/** Reports that everybody'))
    expect([...asked.matchAll(/^ {2}'([a-z-]+)':/gm)].map(([, name]) => name)).toEqual([...ROUTE_NAMES])
    for (const { path } of mix) expect(script).toContain(`\${URL}${path.replace(/\{\w+\}$/, '')}`)
  })
})
