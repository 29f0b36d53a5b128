// The one file that bare Node 20 runs: installs what package-lock.json pins, then hands over to the pinned Node.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { constants } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const project = dirname(dirname(fileURLToPath(import.meta.url)))
const modules = join(project, 'node_modules')
const binaries = join(modules, '.bin')
const marker = join(modules, '.stormdoor-installed')
const lockFile = join(project, 'package-lock.json')
const databaseClient = join(project, 'prisma', 'client', 'client.ts')
const installLock = join(project, '.stormdoor', 'install.lock')
const lockIsHeldCode = 75
const progressEveryMs = 1000
const plainProgressEveryMs = 5000
const shownErrorLines = 30
/** What they build, they build anew: a client of their own making would be made twice. */
const buildingCommands = new Set(['build', 'start', 'test'])

const [command = '', ...args] = process.argv.slice(2)
if (command === '--install') await installNow()
else if (command === '--install-client') await installNow().then(generateClient)
else await main()

async function main() {
  const commands = knownCommands()
  if (!commands.includes(command)) fail(`${command ? `No command "${command}".` : 'Which command?'} There are: ${commands.join(', ')}`)
  if (!isInstalled() || lacksClient()) await install()
  const path = [binaries, ...(process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== binaries)].join(delimiter)
  const code = await run(pinnedNode(), [join(project, 'bin', `${command}.ts`), ...args], { stdio: 'inherit', env: { ...process.env, PATH: path } })
  process.exit(code)
}

/** Before the first build there is none, and commands that ask the database would not even load. */
function lacksClient() {
  return !buildingCommands.has(command) && !existsSync(databaseClient)
}

/** The commands that package.json's scripts name. */
function knownCommands() {
  const { scripts } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'))
  const named = Object.values(scripts).map((script) => /^node bin\/run\.mjs (\S+)/.exec(script)?.[1]).filter(Boolean)
  return [...new Set(named)]
}

function pinnedNode() {
  const pinned = join(binaries, 'node')
  if (existsSync(pinned)) return pinned
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  return fail(`There is no pinned Node for ${process.platform}-${process.arch}: install Node 24 or newer and run this again.`)
}

function lockHash() {
  return createHash('sha256').update(readFileSync(lockFile)).digest('hex')
}

function isInstalled() {
  if (existsSync(marker) && readFileSync(marker, 'utf8').trim() === lockHash()) return true
  if (!agreesWithLock()) return false
  writeFileSync(marker, `${lockHash()}\n`)
  return true
}

/** npm writes its own record last: one that agrees is a whole installation that somebody made by hand. */
function agreesWithLock() {
  try {
    const wanted = JSON.parse(readFileSync(lockFile, 'utf8')).packages
    const present = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8')).packages
    if (Object.keys(present).some((path) => !wanted[path])) return false
    return Object.entries(wanted).every(([path, entry]) => {
      if (path === '') return true
      const found = present[path]
      if (!found) return entry.optional === true || entry.devOptional === true
      return found.version === entry.version && found.integrity === entry.integrity && existsSync(join(project, path, 'package.json'))
    })
  } catch {
    return false
  }
}

/** Held by flock(1), which the kernel releases with its process: a killed installation leaves no lock behind. */
async function install() {
  mkdirSync(dirname(installLock), { recursive: true })
  const self = [process.execPath, fileURLToPath(import.meta.url), lacksClient() ? '--install-client' : '--install']
  if (spawnSync('flock', ['--version']).error) {
    const code = await run(self[0], self.slice(1), { stdio: ['ignore', 'inherit', 'inherit'] })
    if (code !== 0) process.exit(code)
    return
  }
  for (const patience of [['-n', '-E', String(lockIsHeldCode)], []]) {
    const code = await run('flock', [...patience, installLock, ...self], { stdio: ['ignore', 'inherit', 'inherit'] })
    if (code === 0) return
    if (code !== lockIsHeldCode || patience.length === 0) process.exit(code)
    console.log('Another command is installing the packages; waiting for it …')
  }
}

async function installNow() {
  if (isInstalled()) return
  const total = Object.keys(JSON.parse(readFileSync(lockFile, 'utf8')).packages).length
  const startedAt = Date.now()
  const elapsed = () => `${Math.round((Date.now() - startedAt) / 1000)} s`
  console.log(`Installing ${total} pinned packages (once; the first time takes about a minute) …`)
  const everyMs = process.stdout.isTTY ? progressEveryMs : plainProgressEveryMs
  const ticker = setInterval(() => {
    const line = `  … installing packages (${elapsed()})`
    process.stdout.write(process.stdout.isTTY ? `\r${line} ` : `${line}\n`)
  }, everyMs)
  let { code, output } = await npm('ci')
  if (code !== 0 && lacksOnlyOtherPlatforms(output)) {
    // npm would take half-written packages for whole ones: it starts from nothing, as `npm ci` does.
    await rm(modules, { recursive: true, force: true })
    ;({ code, output } = await npm('install', '--no-save'))
  }
  clearInterval(ticker)
  if (process.stdout.isTTY) process.stdout.write('\n')
  if (code !== 0) {
    process.stderr.write(output.split('\n').filter((line) => !line.startsWith('npm warn')).slice(0, shownErrorLines).join('\n'))
    fail(`\nnpm could not install the packages (exit code ${code}). Check that the npm registry can be reached and that the disk has room, then run the same command again.`)
  }
  writeFileSync(marker, `${lockHash()}\n`)
  console.log(`Installed in ${elapsed()}.`)
}

async function generateClient() {
  if (existsSync(databaseClient)) return
  console.error('Making the database client (once) …')
  const output = []
  const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true', PRISMA_HIDE_UPDATE_MESSAGE: '1', CHECKPOINT_DISABLE: '1' }
  const code = await run(pinnedNode(), [join(modules, 'prisma', 'build', 'index.js'), 'generate'], { stdio: ['ignore', 'pipe', 'pipe'], cwd: project, env }, (chunk) => output.push(chunk))
  if (code !== 0) fail(`The database client could not be made (exit code ${code}):\n${output.join('').trimEnd()}`)
}

async function npm(...npmArgs) {
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.startsWith(modules)).join(delimiter)
  const output = []
  const options = { stdio: ['ignore', 'pipe', 'pipe'], cwd: project, env: { ...process.env, PATH: path } }
  const code = await run('npm', [...npmArgs, '--include=dev', '--include=optional', '--no-audit', '--no-fund'], options, (chunk) => output.push(chunk))
  return { code, output: output.join('') }
}

/**
 * A registry mirror may carry the packages of its own platform alone. A lock written there lacks the optional ones of
 * the others, and `npm ci` refuses it, although all that is installed is pinned.
 */
function lacksOnlyOtherPlatforms(output) {
  const complaints = [...output.matchAll(/^npm error (Missing|Invalid): (.+)@\S* .*lock file/gm)]
  if (complaints.length === 0) return false
  const { packages } = JSON.parse(readFileSync(lockFile, 'utf8'))
  const optional = new Set(Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {})))
  return complaints.every(([, kind, name]) => kind === 'Missing' && optional.has(name))
}

/** Resolves to the exit code; SIGINT and SIGTERM reach the child, and this process outlives it. */
function run(file, runArgs, options, onOutput) {
  return new Promise((resolve) => {
    const child = spawn(file, runArgs, options)
    if (onOutput) for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', onOutput)
    const forward = (signal) => child.kill(signal)
    process.on('SIGINT', forward).on('SIGTERM', forward)
    const end = (code) => {
      process.off('SIGINT', forward).off('SIGTERM', forward)
      resolve(code)
    }
    child.once('error', (error) => {
      console.error(`${file}: ${error.message}`)
      end(127)
    })
    child.once('close', (code, signal) => end(code ?? 128 + (constants.signals[signal] ?? 0)))
  })
}

function fail(message) {
  console.error(message)
  process.exit(1)
}
