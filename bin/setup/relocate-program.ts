import { mkdirSync, readFileSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { SetupError } from './setup-error.ts'

export interface Relocation {
  /** The file as the package has it. */
  from: string
  /** Its copy, which looks for its parts elsewhere; made once, again when `from` is another. */
  to: string
  /** A path compiled into it. */
  path: string
  /** What stands there instead, of the same length. */
  instead: string
}

/**
 * Copies a program or library with a compiled-in path changed: some find their parts only below `/usr`, where an unpacked
 * package has none, and a mount would need rights that a container seldom gives.
 */
export function relocateProgram({ from, to, path, instead }: Relocation): void {
  const { mtime } = statSync(from)
  if (statSync(to, { throwIfNoEntry: false })?.mtimeMs === mtime.getTime()) return
  if (instead.length !== path.length) throw new Error(`${instead} is not as long as ${path}`)
  const bytes = readFileSync(from)
  // From the start of a string on: the same words in the middle of another one are not the path.
  const sought = `\0${path}`
  let changed = 0
  for (let at = bytes.indexOf(sought); at >= 0; at = bytes.indexOf(sought, at + 1)) {
    bytes.write(instead, at + 1, 'latin1')
    changed++
  }
  if (changed === 0) throw new SetupError(`${from} does not look for its parts in ${path}: it is of another version than this knows how to run unpacked.`)
  mkdirSync(dirname(to), { recursive: true })
  const half = `${to}.${process.pid}`
  writeFileSync(half, bytes, { mode: 0o755 })
  utimesSync(half, mtime, mtime)
  renameSync(half, to)
}

/** A path of exactly that many characters that means `folder` below the working directory. */
export function belowWorkingDirectory(folder: string, chars: number): string {
  const base = '/proc/self/cwd'
  return `${base}${'/'.repeat(Math.max(1, chars - base.length - folder.length))}${folder}`
}
