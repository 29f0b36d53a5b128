import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { utility } from '../utility.config.ts'

/** WCAG 2.2, 1.4.3: text below 24 px. */
const READABLE = 4.5
const tokens = readFileSync(new URL('tokens.css', import.meta.url), 'utf8')
const [light, dark] = tokens.split('@media (prefers-color-scheme: dark)')

const neutral = (css: string, name: string) => new RegExp(`--color-${name}: (#[0-9a-f]{6});`, 'i').exec(css)![1]!

/** Relative luminance of an sRGB colour, 0 to 1 (WCAG 2.2). */
function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((start) => {
    const channel = Number.parseInt(hex.slice(start, start + 2), 16) / 255
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!
}

function contrast(one: string, other: string): number {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (lighter! + 0.05) / (darker! + 0.05)
}

test('contrast is computed as the standard says', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21)
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2)
})

test.each([
  ['light', light!],
  ['dark', dark!],
] as const)('the colours of the utility can be read, %s', (scheme, css) => {
  const accent = utility.brand.accent[scheme]
  for (const name of ['surface', 'ground', 'sunken']) expect(contrast(accent, neutral(css, name)), `accent on ${name}`).toBeGreaterThanOrEqual(READABLE)
  expect(contrast(utility.brand.onAccent[scheme], accent), 'onAccent on accent').toBeGreaterThanOrEqual(READABLE)
})
