import { expect, test } from 'vitest'
import { readStartOptions } from './start-options.ts'

test('one node unless told otherwise, nine at the most @nodes', () => {
  expect(readStartOptions([])).toEqual({ nodes: 1 })
  expect(readStartOptions(['--nodes', '3'])).toEqual({ nodes: 3 })
  expect(readStartOptions(['--help'])).toBeNull()
  for (const wrong of ['0', '10', '1.5', 'three', '']) expect(() => readStartOptions(['--nodes', wrong])).toThrow(/from 1 to 9[^]*Usage: npm start/)
  expect(() => readStartOptions(['--node', '3'])).toThrow(/--node[^]*Usage: npm start/)
  expect(() => readStartOptions(['3'])).toThrow(/Usage: npm start/)
})
