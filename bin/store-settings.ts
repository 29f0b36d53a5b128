import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readEnvironment } from '../server/platform/environment.ts'
import { logSettings } from './command-line.ts'
import { postgresUrl } from './setup/postgres.ts'
import { loadSecrets } from './setup/secrets.ts'
import { SetupError } from './setup/setup-error.ts'

export interface StoreSettings {
  eventLogUrl: string
  region: string
  databaseUrl: string
  redisUrl: string
}

/** Where log and stores are: as the environment says, else those that `npm start` keeps in the data folder. */
export function storeSettings(): StoreSettings {
  const { dataDir, eventLogUrl, region } = logSettings()
  const given = { DATABASE_URL: process.env['DATABASE_URL'], REDIS_URL: process.env['REDIS_URL'] }
  const ports = keptPortsOf(dataDir)
  const secrets = ports && loadSecrets(dataDir)
  if (ports?.['postgres'] && secrets) given.DATABASE_URL ||= postgresUrl(ports['postgres'], secrets.postgresPassword, 'stormdoor')
  if (ports?.['redis'] && secrets) given.REDIS_URL ||= `redis://:${secrets.redisPassword}@127.0.0.1:${ports['redis']}/0`
  if (!ports && !given.DATABASE_URL && !given.REDIS_URL) throw new SetupError(`Nothing was started from ${dataDir} yet. Start it: npm start. For stores elsewhere set DATABASE_URL and REDIS_URL.`)
  const { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl } = readEnvironment(['DATABASE_URL', 'REDIS_URL'], given)
  return { eventLogUrl, region, databaseUrl, redisUrl }
}

/** Null before the first start. */
function keptPortsOf(dataDir: string): Record<string, number> | null {
  try {
    return JSON.parse(readFileSync(join(dataDir, 'ports.json'), 'utf8')) as Record<string, number>
  } catch {
    return null
  }
}
