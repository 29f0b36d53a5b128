import { isAbsolute, resolve } from 'node:path'
import { z } from 'zod'

const port = z.coerce.number().int().min(0).max(65_535)
const mode = z.enum(['demo', 'production', 'test'])

const path = z.string().transform((text) => (isAbsolute(text) ? text : resolve(text)))

const variables = {
  STORMDOOR_ENV: mode.default('production'),
  STORMDOOR_DATA: path.default(() => resolve('.stormdoor')),
  STORMDOOR_BUILD: path.default(() => resolve('.build')),
  STORMDOOR_NODE: z.string().regex(/^[a-z0-9-]{1,32}$/).default('node'),
  STORMDOOR_REGION: z.string().regex(/^[a-z0-9-]{1,32}$/).default('local'),
  HOST: z.string().default('127.0.0.1'),
  PORT: port.default(3000),
  ADMIN_PORT: port.default(0),
  PUBLIC_URL: z.url().default('http://localhost:3000'),
  STORMDOOR_TRUSTED_PROXIES: z
    .string()
    .default('')
    .transform((list) => list.split(',').map((address) => address.trim()).filter(Boolean))
    .describe('Addresses or networks whose X-Forwarded-* is believed, with commas; none by default'),
  STORMDOOR_DOORS: z.coerce.number().int().min(1).max(1_000).default(1)
    .describe('How many api processes take reports for the whole utility: each begins with its share of what they take together'),
  WEB_URL: z
    .string()
    .transform((list) => list.split(',').map((url) => url.trim()).filter(Boolean))
    .pipe(z.array(z.url()).min(1))
    .describe('The web processes, with commas; the first one that answers is asked'),
  REUSE_PORT: z.enum(['true', 'false']).default('false').transform((word) => word === 'true').describe('Whether several api processes listen on one port'),
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'postgresql://user:password@host:port/database'),
  REDIS_URL: z.string().regex(/^rediss?:\/\//, 'redis://:password@host:port'),
  EVENT_LOG_URL: z.string().regex(/^(sqlite:|kafka:\/)\//, 'sqlite:/absolute/path/event-log.sqlite or kafka://host:port,host:port'),
  SEARCH_URL: z.url().optional().describe("The node's own search process; without it the desk finds accounts by whole numbers and addresses alone"),
  SEARCH_FILE: path.optional().describe("The file of that process, from which the beginnings of words are looked up while it does not answer"),
  CORE_SYSTEM_URL: z.string().regex(/^(https?|file):\/\//, 'https://host/core/v1, or file:///absolute/folder for files').optional()
    .describe("The utility's core system; without it nothing is synced or delivered, and the desk says so"),
  CORE_SYSTEM_TOKEN: z.string().min(16).optional().describe('Bearer token for it'),
  CORE_SYSTEM_CA: path.optional().describe('PEM files for mutual TLS with it'),
  CORE_SYSTEM_CERT: path.optional(),
  CORE_SYSTEM_KEY: path.optional(),
  STORMDOOR_SERVICE_TOKENS: z.string().default('')
    .describe('Programs that may use /api/v1: name:scope+scope:SHA-256 of the token in hex, with commas; scopes: preload, and accept-difference to have a load applied that only its difference would refuse'),
  MESSAGES_EMAIL_URL: z.string().regex(/^(smtps?:\/\/|file:\/\/\/)/, 'smtps://user:password@host:465, or file:///absolute/folder where nobody is to be reached')
    .describe('The mail server for codes and links to customers'),
  MESSAGES_SMS_URL: z.string().regex(/^(https?:\/\/|file:\/\/\/)/, 'https://:token@host/path, or file:///absolute/folder where nobody is to be reached')
    .describe('The gateway for text messages to customers'),
  MESSAGES_FROM: z.string().min(3).max(254).regex(/@/, 'an address, or Name <address>').describe('Sender of mail'),
  STORMDOOR_SIGNING_KEYS: z.string().min(1).describe('Private JWKS of ES256 keys as JSON; the first one signs'),
  STORMDOOR_SESSION_SECRET: z.string().min(32),
  STAFF_OIDC_ISSUER: z.url().optional().describe("The utility's OpenID provider for staff; without it they sign in here, with password and authenticator"),
  STAFF_OIDC_CLIENT_ID: z.string().min(1).optional(),
  STAFF_OIDC_CLIENT_SECRET: z.string().min(1).optional(),
  STAFF_OIDC_ROLE_CLAIM: z.string().min(1).default('groups').describe('Claim of the ID token, or of the user info, that names what somebody is'),
  STAFF_OIDC_ROLES: z.string().default('').describe('value:role with commas, such as desk-agents:agent,desk-leads:supervisor; the first that fits counts'),
  STAFF_LOCAL_LOGIN: z.enum(['true', 'false']).default('false').transform((word) => word === 'true').describe('Whether passwords count beside the provider, also while the identity store answers'),
  STAFF_BREAK_GLASS_KEY: z.string().regex(/^[0-9a-f]{64}$/i, '32 bytes in hex').optional()
    .describe('Seals the copy of staff with which they sign in while Postgres is away; without it there is none'),
  NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: z.string().min(32),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
} as const

export type VariableName = keyof typeof variables
export type Environment<N extends VariableName> = { [K in N]: z.infer<(typeof variables)[K]> }

export class EnvironmentError extends Error {
  override name = 'EnvironmentError'
}

/**
 * The named variables, parsed; each process asks for exactly what it uses.
 * Throws EnvironmentError that names every missing or wrong one and never prints a value.
 */
export function readEnvironment<const N extends readonly VariableName[]>(
  names: N,
  source: Readonly<Record<string, string | undefined>> = process.env,
): Environment<N[number]> {
  const values: Record<string, unknown> = {}
  const faults: string[] = []
  for (const name of names) {
    const raw = source[name]
    const parsed = variables[name].safeParse(raw === '' ? undefined : raw)
    if (parsed.success) values[name] = parsed.data
    else faults.push(`  ${name}: ${raw ? parsed.error.issues.map((issue) => issue.message).join('; ') : 'is missing'}`)
  }
  if (faults.length > 0) throw new EnvironmentError(`Stormdoor cannot start; these settings are missing or wrong:\n${faults.join('\n')}`)
  return values as Environment<N[number]>
}
