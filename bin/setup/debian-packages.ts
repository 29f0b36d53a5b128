import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withFolderLock } from './folder-lock.ts'
import { findProgram } from './find-program.ts'
import { runProgram } from './run-program.ts'
import { SetupError } from './setup-error.ts'

/** Newer copies of these would not fit the loader of the running system. */
const neverFetched = new Set(['libc6', 'libc-bin', 'libgcc-s1', 'gcc-12-base'])
const triplets: Record<string, string> = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }
const triplet = triplets[process.arch] ?? ''

export interface FetchedPackages {
  /** Folder that holds the unpacked packages as if it were `/`. */
  root: string
  /** What a program in it needs to find its libraries. */
  env: { LD_LIBRARY_PATH: string }
}

/**
 * Fetches Debian packages with all they need that the system lacks, into `tools/root`:
 * without root, without touching the system, by apt's own resolver and signatures.
 * Throws SetupError with the command that installs them instead.
 */
export async function fetchDebianPackages(tools: string, packages: readonly string[], say: (detail: string) => void = () => {}): Promise<FetchedPackages> {
  const root = join(tools, 'root')
  const complete = join(tools, 'complete')
  const fetched = () => ({ root, env: { LD_LIBRARY_PATH: libraryFolders(root) } })
  const isComplete = () => packages.every((name) => existsSync(join(complete, name)))
  if (isComplete()) return fetched()
  if (!canFetchDebianPackages()) throw new SetupError(`This needs ${packages.join(', ')}, and there is no apt-get here to fetch it with: install it and run this again.`)
  await withFolderLock(tools, `fetching ${packages.join(', ')}`, async () => {
    if (isComplete()) return
    await fetchInto(tools, root, packages, say)
    mkdirSync(complete, { recursive: true })
    for (const name of packages) writeFileSync(join(complete, name), '')
  })
  return fetched()
}

/** Whether there is an apt to fetch packages with. */
export function canFetchDebianPackages(): boolean {
  return Boolean(findProgram('apt-get') && findProgram('dpkg'))
}

/** Where Debian keeps this architecture's libraries, below `root`. */
export function libraryFolder(root: string): string {
  return join(root, 'usr/lib', triplet)
}

async function fetchInto(tools: string, root: string, packages: readonly string[], say: (detail: string) => void): Promise<void> {
  const downloads = join(tools, 'downloads', packages.join('+'))
  rmSync(downloads, { recursive: true, force: true })
  for (const folder of [downloads, root, join(tools, 'lists', 'partial'), join(tools, 'cache', 'archives', 'partial')]) mkdirSync(folder, { recursive: true })
  const apt = (...args: string[]) => runProgram('apt-get', [...aptOptions(tools), ...args], { cwd: downloads, env: { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' } })
  const refuse = (step: string, output: string) => new SetupError(
    `Could not fetch ${packages.join(', ')} from the Debian mirror (${step}):\n${lastLines(output)}\nInstall it by hand and run this again:\n  sudo apt-get install ${packages.join(' ')}`)

  say('reading the package lists')
  const updated = await apt('update')
  say('working out what is missing')
  const plan = await apt('-s', 'install', '--no-install-recommends', '--reinstall', ...packages)
  if (plan.code !== 0) throw refuse('finding what it needs', `${updated.code === 0 ? '' : updated.output}${plan.output}`)
  const missing = parsePlan(plan.stdout)
  say(`downloading ${missing.length} packages`)
  const downloaded = await apt('download', ...missing)
  if (downloaded.code !== 0) throw refuse('downloading', downloaded.output)
  const files = readdirSync(downloads).filter((file) => file.endsWith('.deb'))
  for (const [index, file] of files.entries()) {
    say(`unpacking ${index + 1} of ${files.length}`)
    const unpacked = await runProgram('dpkg', ['-x', join(downloads, file), root])
    if (unpacked.code !== 0) throw refuse(`unpacking ${file}`, unpacked.output)
  }
  rmSync(downloads, { recursive: true, force: true })
}

/** The `name=version` of each package that a simulated installation would bring in. */
export function parsePlan(simulation: string): string[] {
  return [...simulation.matchAll(/^Inst (\S+) (?:\[[^\]]*\] )?\((\S+) /gm)]
    .filter(([, name]) => !neverFetched.has(name ?? ''))
    .map(([, name, version]) => `${name}=${version}`)
}

function aptOptions(tools: string): string[] {
  const settings = [
    `Dir::State::Lists=${join(tools, 'lists')}`, `Dir::Cache=${join(tools, 'cache')}`, 'Dir::Log=/dev/null',
    'Debug::NoLocking=1', 'Acquire::Languages=none', 'Acquire::Retries=2',
    // As root apt hands downloads to user _apt, who may not enter the project's folder.
    'APT::Sandbox::User=root',
  ]
  return ['-q', ...settings.flatMap((setting) => ['-o', setting])]
}

function libraryFolders(root: string): string {
  const folders = [libraryFolder(root), join(root, 'lib', triplet), join(root, 'usr/lib')]
  return [...folders, ...folders.slice(0, 2).flatMap(privateLibraryFolders)].join(':')
}

/** A library that keeps others in a folder of their own (PulseAudio's) looks for them below `/`, where they are not. */
function privateLibraryFolders(folder: string): string[] {
  if (!existsSync(folder)) return []
  const inside = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return inside.map(({ name }) => join(folder, name)).filter((path) => readdirSync(path).some((file) => /^lib.*\.so/.test(file)))
}

function lastLines(output: string): string {
  return output.trimEnd().split('\n').slice(-6).map((line) => `  ${line}`).join('\n')
}
