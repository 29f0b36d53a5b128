import { createHash } from 'node:crypto'
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** What a build is made of; tests and what the build itself writes do not count. */
const sources = [
  'app', 'components', 'domain', 'messages', 'public', 'server', 'worker', 'prisma/schema', 'prisma.config.ts',
  'instrumentation.ts', 'middleware.ts', 'proxy.ts', 'next.config.ts', 'utility.config.ts', 'tsconfig.json', 'package-lock.json',
]
const isBuilt = new Set(['public/sw.js'])

/** sha-256 (hex) over names and contents of all that matters to a build of the project. */
export function sourceFingerprint(project: string): string {
  const hash = createHash('sha256').update(process.version)
  for (const path of sources.flatMap((source) => filesBelow(project, source)).sort()) {
    const bytes = readFileSync(join(project, path))
    hash.update(`\0${path}\0${bytes.length}\0`).update(bytes)
  }
  return hash.digest('hex')
}

function filesBelow(project: string, path: string): string[] {
  const found = statSync(join(project, path), { throwIfNoEntry: false })
  if (!found || isBuilt.has(path) || /\.(test|spec)\.tsx?$/.test(path)) return []
  if (!found.isDirectory()) return [path]
  return readdirSync(join(project, path)).flatMap((name) => filesBelow(project, `${path}/${name}`))
}
