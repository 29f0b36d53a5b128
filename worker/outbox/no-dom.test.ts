import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../..')

/** The files that bring the browser in, and a bound on how long it may hang; everything else takes what it touches as a parameter. */
const BROWSER_FILES: Record<string, readonly string[]> = {
  'browser-outbox.ts': ['navigator', 'BroadcastChannel'],
  'http-transport.ts': ['fetch'],
  'in-time.ts': ['setTimeout'],
  'indexed-store.ts': ['setTimeout'],
  'open-database.ts': ['setTimeout'],
}
const GLOBALS = /(?<![.\w'])(navigator|BroadcastChannel|fetch|indexedDB|localStorage|setTimeout|setInterval|performance|Date\.now|new Date\(\)|Math\.random|getRandomValues)(?![\w'])(?=[\s.();,]|$)/gm

describe('the outbox @outbox', () => {
  test('needs no DOM: it compiles with the library of workers alone', async () => {
    const checked = promisify(execFile)(join(root, 'node_modules/.bin/tsc'), ['-p', 'worker/outbox/no-dom.tsconfig.json'], { cwd: root })
    await expect(checked.catch((error: { stdout: string }) => error.stdout)).resolves.toMatchObject({ stdout: '' })
  })

  test('takes clock, random and network as parameters: only its browser files touch a browser’s globals', () => {
    const sources = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.ts') && !/\.(test|fixture)\.ts$|^conformance-/.test(name))
    expect(sources.length).toBeGreaterThan(15)
    for (const name of sources) {
      const code = readFileSync(join(import.meta.dirname, name), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
      const used = new Set(Array.from(code.matchAll(GLOBALS), ([word]) => word))
      const allowed = BROWSER_FILES[name] ?? []
      expect({ name, used: [...used].filter((word) => !allowed.includes(word)) }).toEqual({ name, used: [] })
    }
  })
})
