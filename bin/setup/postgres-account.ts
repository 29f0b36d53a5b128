import { createHash } from 'node:crypto'
import { chownSync, cpSync, existsSync, lstatSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram } from './find-program.ts'
import { runProgram } from './run-program.ts'
import { SetupError } from './setup-error.ts'

/** Debian's `nobody`: Postgres refuses to run as root. */
const unprivilegedId = 65_534

export interface PostgresAccount {
  /** Folder `native` with the binaries, where the account can reach them. */
  native: string
  /** Folder for the cluster's files, owned by the account. */
  folder: string
  /** The command line that runs a program as the account, under the same pid. */
  commandFor(file: string, args: readonly string[]): string[]
  /** Makes a file or folder the account's own. */
  own(path: string): void
}

/**
 * Who Postgres runs as. Not root: ourselves. Root: `nobody`; where a parent folder keeps others out, with the
 * capability to pass it; where the machine grants none, from a copy below /var/tmp.
 */
export async function postgresAccount(native: string, folder: string): Promise<PostgresAccount> {
  if (process.getuid?.() !== 0) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    return { native, folder, commandFor: (file, args) => [file, ...args], own: () => {} }
  }
  if (!findProgram('setpriv')) throw new SetupError('Postgres does not run as root, and setpriv (Debian package util-linux) is missing. Run this as an ordinary user.')
  for (const capabilities of ['', '+dac_override,+dac_read_search', '+dac_override']) {
    const commandFor = asNobody(capabilities)
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    own(folder)
    if (await canRun(commandFor, native, folder)) return { native, folder, commandFor, own }
  }
  return relocated(native, folder)
}

function own(path: string): void {
  chownSync(path, unprivilegedId, unprivilegedId)
}

function asNobody(capabilities: string): PostgresAccount['commandFor'] {
  const id = String(unprivilegedId)
  // no_setuid_fixup: without it access(2), by which Postgres finds its own parts, leaves the capabilities out of account.
  const granted = capabilities ? [`--inh-caps=${capabilities}`, `--ambient-caps=${capabilities}`, '--securebits=+no_setuid_fixup'] : []
  return (file, args) => ['setpriv', `--reuid=${id}`, `--regid=${id}`, '--clear-groups', ...granted, file, ...args]
}

async function canRun(commandFor: PostgresAccount['commandFor'], native: string, folder: string): Promise<boolean> {
  const version = commandFor(join(native, 'bin/postgres'), ['--version'])
  const writable = commandFor('test', ['-w', folder])
  for (const [file = '', ...args] of [version, writable]) {
    if ((await runProgram(file, args, { cwd: '/' })).code !== 0) return false
  }
  return true
}

async function relocated(native: string, folder: string): Promise<PostgresAccount> {
  const copy = join(rootsOwnFolder('native', native), 'native')
  if (!existsSync(copy)) {
    const half = `${copy}.${process.pid}`
    cpSync(native, half, { recursive: true, verbatimSymlinks: true })
    try {
      renameSync(half, copy)
    } catch {
      rmSync(half, { recursive: true, force: true })
    }
  }
  const cluster = join(rootsOwnFolder('cluster', folder), 'postgres')
  mkdirSync(cluster, { recursive: true, mode: 0o700 })
  own(cluster)
  const commandFor = asNobody('')
  if (await canRun(commandFor, copy, cluster)) return { native: copy, folder: cluster, commandFor, own }
  throw new SetupError('Postgres does not run as root, and this machine lets it run as nobody neither here nor below /var/tmp. Run this as an ordinary user, or set DATABASE_URL.')
}

/** Everybody may write to /var/tmp: a folder there that another user laid out in advance is refused. */
function rootsOwnFolder(what: string, path: string): string {
  const place = join('/var/tmp', `stormdoor-${what}-${createHash('sha256').update(path).digest('hex').slice(0, 12)}`)
  mkdirSync(place, { recursive: true, mode: 0o755 })
  const found = lstatSync(place)
  if (!found.isDirectory() || found.uid !== 0) throw new SetupError(`${place} belongs to another user: remove it and run this again.`)
  return place
}
