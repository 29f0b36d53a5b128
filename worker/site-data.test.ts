import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const SOURCES = ['app', 'bin', 'components', 'domain', 'processes', 'server', 'worker'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
)

test('nothing ever clears the site’s data, a sign-out least of all: it would delete the reports that wait on the phone @outbox', () => {
  const code = [...SOURCES, 'proxy.ts', 'next.config.ts'].filter((name) => /\.(tsx?|mjs)$/.test(name) && !/\.test\.tsx?$/.test(name))
  expect(code.length).toBeGreaterThan(500)
  const clearing = code.filter((name) => /clear-site-data|deleteDatabase\(/i.test(readFileSync(join(root, name), 'utf8')))
  expect(clearing).toEqual([])
})
