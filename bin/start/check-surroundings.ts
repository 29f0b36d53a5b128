import { mkdirSync, readFileSync, readdirSync, readlinkSync, statfsSync } from 'node:fs'
import { Client } from 'pg'
import { isPortFree } from '../setup/free-port.ts'
import { SetupError } from '../setup/setup-error.ts'
import { answersPing } from '../supervisor/stack-processes.ts'

const neededMegabytes = 500
const answerWithinMs = 5000
const shownCommandLength = 100

/** Makes the data folder and refuses one that cannot be written or is nearly full. */
export function checkDataFolder(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new SetupError(`The data folder ${dataDir} cannot be made: ${(error as Error).message}\nChoose another: STORMDOOR_DATA=/a/folder npm start`)
  }
  const { bavail, bsize } = statfsSync(dataDir)
  const freeMegabytes = Math.floor((bavail * bsize) / 1_000_000)
  if (freeMegabytes < neededMegabytes) throw new SetupError(`The disk of ${dataDir} has ${freeMegabytes} MB left; Stormdoor wants at least ${neededMegabytes} MB, so that reports can still be written down.\nFree some room, or choose another disk: STORMDOOR_DATA=/a/folder npm start`)
}

/** Refuses a port that somebody holds, naming who where the machine tells. */
export async function checkPort(port: number, host: string): Promise<void> {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new SetupError('PORT must be a whole number from 1 to 65535.')
  if (await isPortFree(port, host)) return
  const holder = holderOf(port)
  throw new SetupError(`Port ${port} is taken${holder ? ` by ${holder}` : ''}.\nStop that, or choose another port: PORT=${port + 1} npm start`)
}

/** Refuses stores that were named and do not answer; the message never shows a password. */
export async function checkGivenStores(databaseUrl: string | undefined, redisUrl: string | undefined): Promise<void> {
  if (databaseUrl) {
    const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: answerWithinMs })
    client.on('error', () => {})
    await client.connect().then(() => client.end(), (error: Error) => {
      throw new SetupError(`DATABASE_URL points at ${withoutPassword(databaseUrl)}, which does not answer: ${error.message}`)
    })
  }
  if (redisUrl) {
    await answersPing(redisUrl).catch((error: Error) => {
      throw new SetupError(`REDIS_URL points at ${withoutPassword(redisUrl)}, which does not answer: ${error.message}`)
    })
  }
}

/** A URL to be shown: whatever stands before an `@` or behind a `?` stays out. */
export function withoutPassword(url: string): string {
  // With several brokers it is no URL to Node.
  const kafka = /^kafka:\/\/(?:[^/?#]*@)?([^/?#@]+(?:\/[^?#@]*)?)(?:[?#]|$)/.exec(url)
  if (kafka) return `kafka://${kafka[1]}`
  try {
    const parsed = new URL(url)
    return `${parsed.protocol}//${parsed.host}${parsed.pathname}`
  } catch {
    return 'something that is not a URL'
  }
}

/** `name (pid n)` of the process that listens, found as `ss` finds it: socket inode, then whose file it is. */
function holderOf(port: number): string | null {
  const inodes = listeningInodes(port)
  if (inodes.size === 0) return null
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const holds = readdirSync(`/proc/${pid}/fd`).some((fd) => inodes.has(socketInode(`/proc/${pid}/fd/${fd}`)))
      // The command line, not the name: every Node calls itself "MainThread".
      if (holds) return `"${readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim().slice(0, shownCommandLength)}" (pid ${pid})`
    } catch {
      continue
    }
  }
  return null
}

function listeningInodes(port: number): Set<string> {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const listening = '0A'
  const inodes = new Set<string>()
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    try {
      for (const line of readFileSync(table, 'utf8').split('\n').slice(1)) {
        const fields = line.trim().split(/\s+/)
        if (fields[1]?.endsWith(suffix) && fields[3] === listening && fields[9]) inodes.add(fields[9])
      }
    } catch {
      continue
    }
  }
  return inodes
}

function socketInode(path: string): string {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(path))?.[1] ?? ''
  } catch {
    return ''
  }
}
