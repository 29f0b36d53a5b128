import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { WebKitPrograms } from '../../bin/setup/webkit.ts'
import { ONE_THING_MS } from './phone.ts'
import { killTree } from './process-tree.ts'

/** Where Xvfb writes the number of the display that it found free. */
const NUMBER_FD = 3

/** Starts an Xvfb on a display that nobody has. */
export async function startDisplay({ display, env }: Pick<WebKitPrograms, 'display' | 'env'>): Promise<{ name: string; stop: () => Promise<void> }> {
  const child = spawn(display.xvfbPath, ['-displayfd', String(NUMBER_FD), '-screen', '0', '800x1000x24', '-nolisten', 'tcp', '-extension', 'GLX', ...display.args], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'], env: { ...process.env, ...env }, cwd: display.cwd, detached: true,
  })
  const said: string[] = []
  child.stderr!.setEncoding('utf8').on('data', (chunk: string) => said.push(chunk))
  const late = setTimeout(() => child.kill('SIGKILL'), ONE_THING_MS)
  try {
    for await (const line of createInterface({ input: child.stdio[NUMBER_FD] as NodeJS.ReadableStream })) {
      return { name: `:${line.trim()}`, stop: () => killTree(child) }
    }
  } finally {
    clearTimeout(late)
  }
  throw new Error(`Xvfb ended before it was ready:\n${said.join('')}`)
}
