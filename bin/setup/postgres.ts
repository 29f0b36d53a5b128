import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Client } from 'pg'
import { postgresAccount, type PostgresAccount } from './postgres-account.ts'
import { postgresBinaries } from './postgres-binaries.ts'
import { runProgram, type ProgramResult } from './run-program.ts'
import { SetupError } from './setup-error.ts'

const databaseName = 'stormdoor'
const userName = 'stormdoor'
const readyEveryMs = 50
const readyWithinMs = 30_000

export interface PostgresOptions {
  /** Absolute folder of the cluster; made when missing. */
  folder: string
  port: number
  password: string
  /** False only for throw-away clusters of tests: no fsync. */
  durable?: boolean
  maxConnections?: number
}

export interface PostgresServer {
  /** Program and arguments that run the server in the foreground. */
  command: string[]
  env: NodeJS.ProcessEnv
  /** Where the files are: below the folder asked for, unless Postgres could not be let in there. */
  folder: string
  /** Of database `stormdoor`. */
  databaseUrl: string
}

/** Makes the cluster when there is none and says how to run its server. An interrupted initdb leaves nothing that counts. */
export async function preparePostgres(options: PostgresOptions): Promise<PostgresServer> {
  const account = await postgresAccount(postgresBinaries(), options.folder)
  const cluster = join(account.folder, 'cluster')
  // As the account: root itself may lack the capability to look into a folder that is not its own.
  if ((await runAs(account, 'test', ['-e', join(cluster, 'PG_VERSION')])).code !== 0) await makeCluster(account, cluster, options)
  forgetReusedPid(cluster)
  const settings = {
    listen_addresses: '127.0.0.1', port: options.port, unix_socket_directories: '', max_connections: options.maxConnections ?? 100,
    shared_buffers: '64MB', fsync: options.durable === false ? 'off' : 'on', timezone: 'UTC', log_timezone: 'UTC',
    password_encryption: 'scram-sha-256', max_wal_size: '512MB', jit: 'off',
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  return {
    command: account.commandFor(join(account.native, 'bin/postgres'), ['-D', cluster, ...flags]),
    env: postgresEnvironment(),
    folder: account.folder,
    databaseUrl: postgresUrl(options.port, options.password, databaseName),
  }
}

export function postgresUrl(port: number, password: string, database: string): string {
  return `postgresql://${userName}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`
}

/** Waits until the server answers, at most `withinMs`, and makes its database `stormdoor` when missing. */
export async function ensureDatabase(port: number, password: string, withinMs = readyWithinMs): Promise<void> {
  const deadline = Date.now() + withinMs
  for (;;) {
    const client = new Client({ connectionString: postgresUrl(port, password, 'postgres'), connectionTimeoutMillis: 2000 })
    client.on('error', () => {})
    try {
      await client.connect()
      const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [databaseName])
      if (!rowCount) await client.query(`CREATE DATABASE ${databaseName}`)
      return
    } catch (error) {
      if (Date.now() >= deadline) throw error
      await delay(readyEveryMs)
    } finally {
      await client.end().catch(() => {})
    }
  }
}

function runAs(account: PostgresAccount, program: string, programArgs: readonly string[]): Promise<ProgramResult> {
  const [file = '', ...args] = account.commandFor(program, programArgs)
  return runProgram(file, args, { cwd: '/', env: postgresEnvironment() })
}

async function makeCluster(account: PostgresAccount, cluster: string, options: PostgresOptions): Promise<void> {
  const half = join(account.folder, 'half-made')
  await runAs(account, 'rm', ['-rf', half])
  const secretFolder = mkdtempSync(join(tmpdir(), 'stormdoor-'))
  try {
    const passwordFile = join(secretFolder, 'password')
    writeFileSync(passwordFile, options.password, { mode: 0o600 })
    chmodSync(secretFolder, 0o711)
    account.own(passwordFile)
    const made = await runAs(account, join(account.native, 'bin/initdb'), [
      '-D', half, '-U', userName, `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8',
      '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', ...(options.durable === false ? ['--no-sync'] : []),
    ])
    const named = made.code === 0 ? await runAs(account, 'mv', ['-T', half, cluster]) : made
    if (named.code !== 0) throw new SetupError(`Postgres could not make its files in ${account.folder}:\n${named.output.trimEnd()}`)
  } finally {
    rmSync(secretFolder, { recursive: true, force: true })
  }
}

/**
 * Postgres believes a `postmaster.pid` whose pid is alive. After a crash of the machine, or in a new container, that pid
 * may be anybody's: then the file goes.
 */
function forgetReusedPid(cluster: string): void {
  const path = join(cluster, 'postmaster.pid')
  try {
    const pid = readFileSync(path, 'utf8').split('\n')[0] ?? ''
    if (readFileSync(`/proc/${pid}/comm`, 'utf8').trim() !== 'postgres') rmSync(path)
  } catch {
    // No such file or no such process: Postgres itself copes with both.
  }
}

function postgresEnvironment(): NodeJS.ProcessEnv {
  const { PATH, TMPDIR } = process.env
  return { PATH, TMPDIR, LC_ALL: 'C', TZ: 'UTC' } as unknown as NodeJS.ProcessEnv
}
