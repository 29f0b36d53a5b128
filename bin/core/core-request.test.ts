import { describe, expect, test } from 'vitest'
import { coreSimModeSchema } from '../../processes/core-sim/core-sim-mode.ts'
import { readCoreRequest } from './core-request.ts'

const NOON_MS = Date.parse('2026-01-31T12:00:00Z')

function requestOf(...args: string[]) {
  return readCoreRequest(args, NOON_MS).request
}

/** What the stand-in understands of it. */
function modeOf(...args: string[]): unknown {
  const request = requestOf(...args)
  if (request.action !== 'set') throw new Error(`${request.action} sets nothing`)
  return coreSimModeSchema.parse(JSON.parse(JSON.stringify({ mode: request.mode, ...request.settings })))
}

describe('npm run core @core', () => {
  test('says every switch as the stand-in understands it, with its usual values', () => {
    expect(modeOf('up')).toEqual({ mode: 'up' })
    expect(modeOf('dead')).toEqual({ mode: 'dead' })
    expect(modeOf('slow')).toEqual({ mode: 'slow', ms: 2_000, jitterMs: 500 })
    expect(modeOf('slow', '--ms', '40', '--jitter', '0')).toEqual({ mode: 'slow', ms: 40, jitterMs: 0 })
    expect(modeOf('flaky', '--share', '0.5')).toEqual({ mode: 'flaky', share: 0.5 })
    expect(modeOf('wrong', '--kind', 'shifted')).toEqual({ mode: 'wrong', kind: 'shifted' })
    expect(modeOf('throttled', '--rate', '2')).toEqual({ mode: 'throttled', requestsPerSecond: 2 })
    expect(modeOf('maintenance')).toEqual({ mode: 'maintenance' })
    expect(modeOf('maintenance', '--minutes', '30')).toEqual({ mode: 'maintenance', from: '2026-01-31T12:00:00.000Z', to: '2026-01-31T12:30:00.000Z' })
    expect(modeOf('windows', '--cron', '0 2 * * *')).toEqual({ mode: 'windows', cron: '0 2 * * *', minutes: 60 })
    expect(modeOf('acceptedButSilent', '--times', '1')).toEqual({ mode: 'acceptedButSilent', times: 1 })
    expect(modeOf('refusing')).toEqual({ mode: 'refusing', share: 1 })
  })

  test('asks how it stands unless told otherwise', () => {
    expect(readCoreRequest([], NOON_MS)).toEqual({ request: { action: 'status' }, json: false })
    expect(readCoreRequest(['--json', 'forget'], NOON_MS)).toEqual({ request: { action: 'forget' }, json: true })
    expect(requestOf('change', '40')).toEqual({ action: 'change', count: 40 })
    expect(requestOf('seed', '--accounts', '3000000')).toEqual({ action: 'seed', accounts: 3_000_000 })
    expect(requestOf('-h')).toEqual({ action: 'help' })
  })

  test.each([
    [['asleep'], /no "asleep"/], [['up', 'down'], /One action/], [['change'], /change takes a number/], [['change', '0'], /from 1 to 100000/], [['change', '1.5'], /whole number/],
    [['slow', '--rate', '5'], /takes no --rate/], [['flaky', '--share', '-1'], /share/], [['--loud'], /--loud/], [['seed', '--accounts', '1e3'], /takes a number/],
  ])('%j is refused with the usage', (args, words) => {
    expect(() => readCoreRequest(args, NOON_MS)).toThrow(words)
    expect(() => readCoreRequest(args, NOON_MS)).toThrow(/Usage: npm run core/)
  })
})
