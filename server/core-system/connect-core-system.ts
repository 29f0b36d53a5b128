import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Clock, Random } from '../../domain/clock.ts'
import { EnvironmentError, type Environment } from '../platform/environment.ts'
import type { Logger } from '../platform/logger.ts'
import type { CoreSystem } from './core-system.ts'
import { FileDropCoreSystem } from './file-drop/file-drop-core-system.ts'
import { RestCoreSystem } from './rest/rest-core-system.ts'

const TIMEOUT_MS = 15_000

/** Of the environment, what a process that talks to the core system reads. */
export const CORE_SYSTEM_VARIABLES = ['STORMDOOR_ENV', 'CORE_SYSTEM_URL', 'CORE_SYSTEM_TOKEN', 'CORE_SYSTEM_CA', 'CORE_SYSTEM_CERT', 'CORE_SYSTEM_KEY'] as const
type CoreSystemEnvironment = Environment<(typeof CORE_SYSTEM_VARIABLES)[number]>

/**
 * The core system that CORE_SYSTEM_URL names; null when there is none. Connects with the first call.
 * @throws EnvironmentError for settings that cannot work
 */
export function connectCoreSystem(environment: CoreSystemEnvironment, options: { clock: Clock; random: Random; logger: Pick<Logger, 'warn'> }): CoreSystem | null {
  if (!environment.CORE_SYSTEM_URL) return null
  const url = urlOf(environment.CORE_SYSTEM_URL)
  if (url.protocol === 'file:') return new FileDropCoreSystem({ folder: fileURLToPath(url), timeoutMs: TIMEOUT_MS, clock: options.clock })
  const production = environment.STORMDOOR_ENV === 'production'
  if (production && url.protocol === 'http:') {
    options.logger.warn('CORE_SYSTEM_URL is not https: accounts, reports and the token can be read on the way')
  }
  const tls = credentialsOf(environment)
  return new RestCoreSystem({ url, token: environment.CORE_SYSTEM_TOKEN, tls, timeoutMs: TIMEOUT_MS, production, clock: options.clock, random: options.random })
}

function urlOf(text: string): URL {
  const url = URL.parse(text)
  if (!url) throw new EnvironmentError('CORE_SYSTEM_URL is not an address')
  if (url.username || url.password || url.search || url.hash) {
    throw new EnvironmentError('CORE_SYSTEM_URL may hold no user, query or fragment; the token is CORE_SYSTEM_TOKEN')
  }
  if (url.protocol === 'file:' && url.host) throw new EnvironmentError('CORE_SYSTEM_URL names a host; a folder is written file:///absolute/folder')
  return url
}

function credentialsOf(environment: CoreSystemEnvironment): { ca?: Buffer; cert?: Buffer; key?: Buffer } {
  const { CORE_SYSTEM_CA, CORE_SYSTEM_CERT, CORE_SYSTEM_KEY } = environment
  if (!CORE_SYSTEM_CERT !== !CORE_SYSTEM_KEY) throw new EnvironmentError('CORE_SYSTEM_CERT and CORE_SYSTEM_KEY belong together: give both or none')
  return {
    ...(CORE_SYSTEM_CA && { ca: pemOf('CORE_SYSTEM_CA', CORE_SYSTEM_CA) }),
    ...(CORE_SYSTEM_CERT && { cert: pemOf('CORE_SYSTEM_CERT', CORE_SYSTEM_CERT) }),
    ...(CORE_SYSTEM_KEY && { key: pemOf('CORE_SYSTEM_KEY', CORE_SYSTEM_KEY) }),
  }
}

function pemOf(name: string, path: string): Buffer {
  let pem: Buffer
  try {
    pem = readFileSync(path)
  } catch (error) {
    throw new EnvironmentError(`${name} cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
  if (!pem.includes('-----BEGIN ')) throw new EnvironmentError(`${name} is not a PEM file`)
  return pem
}
