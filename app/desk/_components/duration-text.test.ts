import { expect, it } from 'vitest'
import { durationText } from './duration-text.ts'

it.each([
  [7_800_000, '2 hr 10 min', '2 h 10 min'],
  [7_205_000, '2 hr', '2 h'],
  [180_000, '3 min', '3 min'],
  [30_000, '30 sec', '30 s'],
  [400, '0 sec', '0 s'],
  [8 * 86_400_000 + 3_600_000, '8 days 1 hr', '8 d 1 h'],
])('says %d ms in two units', (durationMs, english, spanish) => {
  expect(durationText(durationMs, 'en')).toBe(english)
  expect(durationText(durationMs, 'es')).toBe(spanish)
})
