import { expect, test } from 'vitest'
import { systemClock, systemRandom } from './clock.ts'
import { formatUuid, isCommandId, uuidV7 } from './uuid.ts'

test('a version 7 matches the example of RFC 9562, appendix A.6', () => {
  const clock = { ...systemClock, nowMs: () => 0x017f22e279b0 }
  const random = { ...systemRandom, bytes: () => Uint8Array.from(Buffer.from('0000000000000cc318c4dc0c0c07398f', 'hex')) }
  expect(uuidV7(clock, random)).toBe('017f22e2-79b0-7cc3-98c4-dc0c0c07398f')
})

test('later ones order after earlier ones as text', () => {
  const times = [0, 255, 256, Date.UTC(2026, 0, 31), Date.UTC(2026, 0, 31) + 1.7]
  const ids = times.map((ms) => uuidV7({ ...systemClock, nowMs: () => ms }, systemRandom))
  expect([...ids].sort()).toEqual(ids)
})

test('no two are equal within a millisecond', () => {
  const clock = { ...systemClock, nowMs: () => 1_700_000_000_000 }
  expect(new Set(Array.from({ length: 1_000 }, () => uuidV7(clock, systemRandom))).size).toBe(1_000)
})

test('version and variant are written over whatever stood there', () => {
  expect(formatUuid(new Uint8Array(16).fill(0xff), 5)).toBe('ffffffff-ffff-5fff-bfff-ffffffffffff')
  expect(formatUuid(new Uint8Array(20), 7)).toBe('00000000-0000-7000-8000-000000000000')
})

test('command ids are lower-case UUIDs of version 5 or 7 alone', () => {
  expect(isCommandId('017f22e2-79b0-7cc3-98c4-dc0c0c07398f')).toBe(true)
  expect(isCommandId('ffffffff-ffff-5fff-bfff-ffffffffffff')).toBe(true)
  const others = ['', '017F22E2-79B0-7CC3-98C4-DC0C0C07398F', '017f22e2-79b0-4cc3-98c4-dc0c0c07398f', '017f22e2-79b0-7cc3-18c4-dc0c0c07398f', ' 017f22e2-79b0-7cc3-98c4-dc0c0c07398f', '017f22e279b07cc398c4dc0c0c07398f', '017f22e2-79b0-7cc3-98c4-dc0c0c07398f\n']
  for (const text of others) expect(isCommandId(text)).toBe(false)
})
