import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { isGone, processMark } from './process-mark.ts'

test('a process is gone when it ended, and never because it cannot be seen', async () => {
  expect(isGone(processMark())).toBe(false)
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  const mark = processMark(child.pid)
  expect(isGone(mark)).toBe(false)
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(isGone(mark)).toBe(true)

  const [boot, namespace, pid, ticks] = mark.split(' ')
  expect(isGone(`${boot} ${namespace} ${process.pid} ${ticks}`), 'a later process under the same pid').toBe(true)
  expect(isGone(`${boot} pid:[another] ${pid} ${ticks}`), 'of another container').toBe(false)
  expect(isGone(`another-boot ${namespace} ${pid} ${ticks}`), 'of another machine').toBe(false)
  expect(isGone(''), 'that says nothing of itself').toBe(false)
})
