import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

const FROM_ROOT = join('server', 'platform', 'event-log', 'log-writer-thread.ts')

/**
 * The file that the writer's thread runs. Beside this one where the code runs as it was written; inside a bundle this
 * file has no place of its own, and the project is found upwards from the started script and from the working folder.
 * Throws when it is in none of them.
 */
export function writerThreadPath(): string {
  const beside = import.meta.dirname
  const candidates = beside ? [join(beside, 'log-writer-thread.ts')] : []
  for (const start of [process.argv[1] ?? process.cwd(), process.cwd()]) {
    for (let folder = start; folder !== dirname(folder); folder = dirname(folder)) candidates.push(join(folder, FROM_ROOT))
  }
  const found = candidates.find((path) => existsSync(path))
  if (found === undefined) throw new Error(`The event log's writer (${FROM_ROOT}) is not in the folder that Stormdoor was started in`)
  return found
}
