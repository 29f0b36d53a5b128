import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../bin/test-support/temporary-folder.ts'
import { deriveFromLines, readAccessLog } from './access-log.ts'
import { readMix } from './mix.ts'

const mix = readMix()
const line = (second: number, request: string, status = 200) =>
  `203.0.113.7 - - [10/Oct/2030:13:${String(55 + Math.floor(second / 60)).padStart(2, '0')}:${String(second % 60).padStart(2, '0')} -0700] "${request} HTTP/1.1" ${status} 2326 "-" "Mozilla/5.0"`

describe('an access log @load', () => {
  it('gives mix and curve, and names what it leaves out without naming anybody', async () => {
    const lines = [
      ...Array.from({ length: 30 }, (_, second) => line(second * 2, 'GET /en')),
      ...Array.from({ length: 10 }, () => line(100, 'POST /api/v1/outage-reports', 201)),
      line(3, 'GET /_next/static/a.js'), line(4, 'GET /desk/reports/019c0000-0000-7000-8000-000000000001?tab=1'), line(4, 'GET /desk/reports/019c0000-0000-7000-8000-000000000002'),
      'nonsense', '',
    ]
    const { shares, curve, ...counted } = await deriveFromLines(lines, mix)
    expect(shares).toMatchObject({ 'home': 0.75, 'report': 0.25, 'report-page': 0 })
    expect(counted).toEqual({ requests: 40, unreadableLines: 1, unknown: { requests: 3, paths: [{ path: 'GET /desk/reports/…', requests: 2 }, { path: 'GET /_next/static/a.js', requests: 1 }] } })
    expect(curve.atSeconds).toHaveLength(101)
    expect(curve.values.indexOf(Math.max(...curve.values))).toBe(100)
    expect(curve.values.slice(0, 4)).toEqual([1, 0, 1, 0])
  })

  it('is read the same when it is packed', async () => {
    const folder = temporaryFolder()
    const text = [line(1, 'GET /'), line(2, 'GET /en/report'), line(9, 'GET /')].join('\n')
    writeFileSync(join(folder, 'access.log'), text)
    writeFileSync(join(folder, 'access.log.gz'), gzipSync(text))
    const plain = await readAccessLog(join(folder, 'access.log'), mix)
    expect(plain.requests).toBe(3)
    expect(await readAccessLog(join(folder, 'access.log.gz'), mix)).toEqual(plain)
    await expect(readAccessLog(join(folder, 'none.log'), mix)).rejects.toThrow('ENOENT')
  })

  it('counts a log of many days in little memory and to the last request', async () => {
    function* days() {
      for (let hour = 0; hour < 24 * 30; hour++) {
        for (let minute = 0; minute < 60; minute += 2) {
          const at = new Date(Date.UTC(2030, 0, 1, hour, minute)).toISOString()
          const month = ['Jan', 'Feb', 'Mar'][Number(at.slice(5, 7)) - 1]
          yield `h - - [${at.slice(8, 10)}/${month}/2030:${at.slice(11, 19)} +0000] "GET /en HTTP/2.0" 200 1 "-" "-"`
        }
      }
    }
    const { curve, requests } = await deriveFromLines(days(), mix)
    expect(requests).toBe(24 * 30 * 30)
    expect(curve.values.length).toBeLessThanOrEqual(120)
    // The last stretch stands for less time than the others, and is left out.
    const even = curve.atSeconds[1]! / 120
    expect(curve.values.every((value) => value > even * 0.95 && value < even * 1.05)).toBe(true)
  })

  it('refuses what gives no curve', async () => {
    await expect(deriveFromLines([line(1, 'GET /nowhere')], mix)).rejects.toThrow('No line is a request of a known route (1 of other paths')
    await expect(deriveFromLines([line(1, 'GET /'), line(1, 'GET /')], mix)).rejects.toThrow('one second')
  })
})
