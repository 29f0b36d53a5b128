import { expect, it } from 'vitest'
import { textIn } from '../../../../../messages/text-in.ts'
import { correctedText } from './corrected-text.ts'

const words = { text: textIn('en'), locale: 'en', format: (instant: string) => instant.slice(11, 16) } as const

it('shows the corrected time with its error where the phone said another, and nothing where it did not', () => {
  const said = '2026-02-02T16:05:00.000Z'
  expect(correctedText({ said, occurredAt: '2026-01-31T14:05:00.000Z', errorMs: 180_000 }, words)).toBe('About 14:05, ± 3 min, by the phone’s own clock 16:05')
  expect(correctedText({ said, occurredAt: '2026-02-02T16:04:30.000Z', errorMs: 30_000 }, words)).toBeNull()
  expect(correctedText({ said, occurredAt: undefined, errorMs: 0 }, words)).toBeNull()
})
