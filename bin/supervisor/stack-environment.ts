import { hash } from 'node:crypto'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { deploymentId } from '../build/build-record.ts'
import { projectFolder } from '../setup/project-folder.ts'
import type { Secrets } from '../setup/secrets.ts'
import { postgresUrl } from '../setup/postgres.ts'

/** What of the caller's environment the processes see; everything else is Stormdoor's own and set here. */
const passedOn = /^(PATH|HOME|LANG|LC_.*|TMPDIR|NODE_EXTRA_CA_CERTS|NODE_OPTIONS|NODE_COMPILE_CACHE|LOG_LEVEL|OTEL_.*|HOST|STORMDOOR_REGION|STORMDOOR_BUILD|STORMDOOR_TRUSTED_PROXIES|STORMDOOR_DOORS|KAFKA_[A-Z_]+)$/

export interface StackEnvironmentOptions {
  dataDir: string
  /** Public port of api. */
  port: number
  ports: Record<string, number>
  /** Passwords of the embedded Postgres and Redis. */
  secrets: Secrets
  overrides: Readonly<Record<string, string | undefined>>
  /** Whether the stand-in for the core system runs: it is the core system then. */
  coreSim?: boolean
}

/** The variables that all processes of one stack share. In production the secrets are never filled in. */
export function stackEnvironment({ dataDir, port, ports, secrets, overrides, coreSim = false }: StackEnvironmentOptions): Record<string, string> {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => passedOn.test(name)))
  const made = overrides.STORMDOOR_ENV === 'production' ? {} : {
    STORMDOOR_SIGNING_KEYS: secrets.signingKeys,
    STORMDOOR_SESSION_SECRET: secrets.sessionSecret,
    NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: secrets.serverActionsKey,
    STORMDOOR_SERVICE_TOKENS: `preload:preload:${hash('sha256', secrets.preloadToken)}`,
    STAFF_BREAK_GLASS_KEY: secrets.breakGlassKey,
    MESSAGES_EMAIL_URL: messagesUrl(dataDir),
    MESSAGES_SMS_URL: messagesUrl(dataDir),
    MESSAGES_FROM: 'Stormdoor demo <portal@example.com>',
  }
  const core = coreSim ? { CORE_SYSTEM_URL: `http://127.0.0.1:${ports['core-sim']}/core/v1`, CORE_SYSTEM_TOKEN: secrets.coreSystemToken } : {}
  const all = {
    STORMDOOR_ENV: 'demo', NODE_ENV: 'production', TZ: 'UTC', HOST: '127.0.0.1', NEXT_TELEMETRY_DISABLED: '1',
    STORMDOOR_REGION: 'local', STORMDOOR_BUILD: join(projectFolder, '.build'),
    ...inherited,
    STORMDOOR_DATA: dataDir,
    DATABASE_URL: postgresUrl(ports.postgres ?? 0, secrets.postgresPassword, 'stormdoor'),
    REDIS_URL: `redis://:${secrets.redisPassword}@127.0.0.1:${ports.redis}/0`,
    EVENT_LOG_URL: `sqlite:${join(dataDir, 'event-log.sqlite')}`,
    PUBLIC_URL: `http://localhost:${port}`,
    NEXT_DEPLOYMENT_ID: deploymentId() ?? '',
    ...made,
    ...core,
    ...overrides,
  }
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined))
}

/** Where the demo's messages to customers go. */
export function messagesFolder(dataDir: string): string {
  return join(dataDir, 'messages')
}

function messagesUrl(dataDir: string): string {
  return pathToFileURL(messagesFolder(dataDir)).href
}
