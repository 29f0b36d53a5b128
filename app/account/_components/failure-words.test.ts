import { expect, test } from 'vitest'
import { textIn } from '../../../messages/text-in.ts'
import { failureWords } from './failure-words.ts'

const text = textIn('en')
const failed = (code: string, fields: readonly { field: string; rule: string }[] = [], retryAfterSeconds?: number) =>
  ({ code, fields: fields.map((problem) => ({ ...problem, fix: 'never shown' })), retryAfterSeconds, traceId: 'a1b2' })

test('each field is told what is wrong with it, the rule before the field', () => {
  const { title, words, fields } = failureWords(failed('invalid-input', [{ field: '/email', rule: 'format-email' }, { field: '/newPassword', rule: 'password-too-short' }]), text)
  expect(title).toBe('2 things need another look')
  expect(words).toBeNull()
  expect(fields).toEqual([
    { field: 'email', words: expect.stringContaining('in full') },
    { field: 'newPassword', words: expect.stringContaining('at least 12 characters') },
  ])
})

test('what is sent along unseen is the fault of no field', () => {
  expect(failureWords(failed('invalid-input', [{ field: '/signUpId', rule: 'format-uuid' }]), text)).toEqual({
    title: 'That did not work', words: expect.stringContaining('This code is not right'), fields: [],
  })
})

test('a limit names the minutes; what is unknown names the code that finds it, and nothing else', () => {
  expect(failureWords(failed('too-many-requests', [], 61), text).words).toContain('Wait 2 min')
  expect(failureWords(failed('unknown'), text).words).toContain('a1b2')
})

test('a form may know better what a failure means there', () => {
  expect(failureWords(failed('not-signed-in'), text).words).toContain('no longer signed in')
  expect(failureWords(failed('not-signed-in'), text, { 'not-signed-in': 'identity.failed.refused' }).words).toContain('do not belong together')
})
