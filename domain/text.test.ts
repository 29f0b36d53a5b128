import { describe, expect, test } from 'vitest'
import { translator } from './text.ts'

const catalogue = {
  greeting: 'Hello {name}, bye {name}',
  report: { sent: 'Sent', waiting: { one: '{count} report waits', other: '{count} reports wait' } },
}

describe('translating', () => {
  const text = translator(catalogue, 'en')

  test('finds a message by its dotted key and fills in every name', () => {
    expect(text('report.sent')).toBe('Sent')
    expect(text('greeting', { name: 'Ana' })).toBe('Hello Ana, bye Ana')
  })

  test('a value with braces or dollars is put in as it is, and a name without a value stays', () => {
    expect(text('greeting', { name: '{name} $& $1' })).toBe('Hello {name} $& $1, bye {name} $& $1')
    expect(text('greeting')).toBe('Hello {name}, bye {name}')
  })

  test('chooses the plural by count and writes numbers as the locale does', () => {
    expect(text('report.waiting', { count: 1 })).toBe('1 report waits')
    expect(text('report.waiting', { count: 12_345 })).toBe('12,345 reports wait')
    expect(translator(catalogue, 'es')('report.waiting', { count: 12_345 })).toBe('12.345 reports wait')
  })

  test('a category that the catalogue lacks falls to `other`', () => {
    const messages = { left: { other: '{count} left' } }
    expect(translator(messages, 'en')('left', { count: 1 })).toBe('1 left')
  })

  test('a key that is not there is a type error, and throws', () => {
    // @ts-expect-error the key has a typo
    expect(() => text('report.snet')).toThrow('report.snet')
    // @ts-expect-error a section is no message
    expect(() => text('report')).toThrow('report')
  })
})
