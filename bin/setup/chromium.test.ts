import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../test-support/temporary-folder.ts'
import { prepareChromium } from './chromium.ts'
import { toolsFolder } from './project-folder.ts'
import { runProgram } from './run-program.ts'

const pngSignature = '89504e470d0a1a0a'
const fetchWithinMs = 300_000

test('the browser that was found or fetched draws a page of this machine', { timeout: fetchWithinMs }, async () => {
  const { executablePath, env, args } = await prepareChromium(toolsFolder())
  const server = createServer((_request, response) => response.setHeader('content-type', 'text/html').end('<h1>Stormdoor</h1>'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const folder = temporaryFolder()
  const picture = join(folder, 'page.png')
  const { code, output } = await runProgram(executablePath, [
    '--headless', ...args, `--user-data-dir=${join(folder, 'profile')}`, '--window-size=400,200', `--screenshot=${picture}`,
    `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
  ], { env: { ...process.env, ...env } })
  expect(code, output).toBe(0)
  expect(readFileSync(picture).subarray(0, 8).toString('hex')).toBe(pngSignature)
})
