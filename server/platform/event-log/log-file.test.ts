import { expect, test } from 'vitest'
import { whenFree } from './log-file.ts'

const failing = (errcode: number, times: number): { attempts: number; attempt: () => string } => {
  const state = {
    attempts: 0,
    attempt: () => {
      if (++state.attempts <= times) throw Object.assign(new Error('locked or not'), { errcode })
      return 'done'
    },
  }
  return state
}

test('a busy file is tried again until it is free', () => {
  const busySnapshot = 5 | (2 << 8)
  for (const code of [5, busySnapshot]) {
    const state = failing(code, 3)
    expect(whenFree(10_000, state.attempt)).toBe('done')
    expect(state.attempts).toBe(4)
  }
})

test('a file that stays busy is given up after the bound', () => {
  expect(() => whenFree(5, failing(5, Infinity).attempt)).toThrow('locked or not')
})

test('any other fault is not tried twice', () => {
  const corrupt = failing(11, Infinity)
  expect(() => whenFree(10_000, corrupt.attempt)).toThrow('locked or not')
  expect(corrupt.attempts).toBe(1)
})
