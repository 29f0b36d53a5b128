import { gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { GzipTemplate } from './gzip-template.ts'

it('gives the page that it would give uncompressed, whatever fills the gaps @door', () => {
  const template = new GzipTemplate(['<p>ñ🔥 '.repeat(2_000), ' between ', ' the end '.repeat(500)])
  for (const values of [['a', 'b'], ['', ''], ['ñ'.repeat(300), '01980f6e-7a4c-7cc3-98d5-0a1b2c3d4e5f']]) {
    expect(gunzipSync(template.gzip(values)).equals(template.plain(values))).toBe(true)
  }
  expect(template.plain(['A', 'B']).toString()).toContain('A between B')
  expect(template.gzip(['a', 'b']).length).toBeLessThan(600)
})
