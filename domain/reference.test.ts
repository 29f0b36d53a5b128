import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { parseReference, referenceOf } from './reference.ts'

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const referenceOfId = (id: string): string => referenceOf(createHash('sha256').update(id).digest())
const references = Array.from({ length: 50 }, (_, index) => referenceOfId(`report ${index}`))
const withoutDashes = (reference: string): string => reference.replaceAll('-', '')

test('never changes for an id: a customer may have written it down', () => {
  expect(referenceOfId('01980f6e-7a4c-7cc3-98d5-0a1b2c3d4e5f')).toBe('YPSZ-F833-9Z')
})

test('is ten characters that can be read aloud, and reads back as itself', () => {
  for (const reference of references) {
    expect(reference).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{2}$/)
    expect(parseReference(reference)).toBe(reference)
  }
  expect(new Set(references).size).toBe(references.length)
})

test('takes its characters from the first 45 bits of the hash', () => {
  const zeros = new Uint8Array(32)
  expect(referenceOf(zeros)).toBe('0000-0000-00')
  const lastUsed = new Uint8Array(32)
  lastUsed[5] = 0b1000
  expect(referenceOf(lastUsed).slice(0, 11)).toBe('0000-0000-1')
  const firstUnused = new Uint8Array(32)
  firstUnused[5] = 0b0111
  expect(referenceOf(firstUnused)).toBe('0000-0000-00')
})

test('forgives how it was typed', () => {
  const reference = referenceOf(new Uint8Array(32).fill(0b0000_1000, 0, 6))
  expect(reference).toContain('1')
  expect(reference).toContain('0')
  const plain = withoutDashes(reference)
  for (const typed of [reference.toLowerCase(), plain, ` ${plain.split('').join(' ')} `, plain.replaceAll('0', 'o'), plain.replaceAll('1', 'I'), plain.replaceAll('1', 'l')]) {
    expect(parseReference(typed)).toBe(reference)
  }
})

test('every single wrong character is caught', () => {
  for (const reference of references.slice(0, 10)) {
    const plain = withoutDashes(reference)
    for (let at = 0; at < plain.length; at++) {
      for (const other of CROCKFORD.replace(plain[at]!, '')) expect(parseReference(plain.slice(0, at) + other + plain.slice(at + 1))).toBeNull()
    }
  }
})

test('every swap of two characters is caught', () => {
  for (const reference of references) {
    const plain = withoutDashes(reference)
    for (let one = 0; one < plain.length; one++) {
      for (let two = one + 1; two < plain.length; two++) {
        if (plain[one] === plain[two]) continue
        const swapped = plain.split('')
        swapped[one] = plain[two]!
        swapped[two] = plain[one]!
        expect(parseReference(swapped.join(''))).toBeNull()
      }
    }
  }
})

test('what cannot be a reference is none', () => {
  for (const text of ['', '7K3F', `${references[0]}0`, '7K3F-92QD-U!', 'ÄÖÜ-0000-00']) expect(parseReference(text)).toBeNull()
})
