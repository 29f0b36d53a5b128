import { hkdfSync, randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { generateSigningKeys } from '../../server/platform/signing-keys.ts'
import { SetupError } from './setup-error.ts'

const firstSchema = z.object({
  postgresPassword: z.string().min(1),
  redisPassword: z.string().min(1),
  signingKeys: z.string().min(1),
  sessionSecret: z.string().min(32),
  serverActionsKey: z.string().min(32),
})
/** What later versions added; a data folder of before gains them. */
const addedSchema = z.object({
  coreSystemToken: z.string().min(32).describe('Opens the stand-in for the core system'),
  preloadToken: z.string().min(32).describe('Opens POST /api/v1/preload'),
  breakGlassKey: z.string().regex(/^[0-9a-f]{64}$/).describe('Seals the copy of staff for the time when Postgres is away'),
})
const schema = firstSchema.extend(addedSchema.shape)
const addedNames = addedSchema.keyof().options

export type Secrets = z.infer<typeof schema>

/**
 * The secrets of a data folder (`secrets.json`, mode 0600), made once. Two starts at once agree on one set, at the
 * first start and at the first one of a version that wants more.
 */
export function loadSecrets(dataDir: string): Secrets {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const path = join(dataDir, 'secrets.json')
  return readSecrets(path) ?? makeSecrets(path)
}

function makeSecrets(path: string): Secrets {
  const made: Secrets = {
    postgresPassword: randomBytes(24).toString('hex'),
    redisPassword: randomBytes(24).toString('hex'),
    signingKeys: generateSigningKeys(),
    sessionSecret: randomBytes(32).toString('hex'),
    serverActionsKey: randomBytes(32).toString('base64'),
    coreSystemToken: randomBytes(32).toString('hex'),
    preloadToken: randomBytes(32).toString('hex'),
    breakGlassKey: randomBytes(32).toString('hex'),
  }
  const whole = writeBeside(path, made)
  try {
    linkSync(whole, path)
    return made
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return readSecrets(path) ?? made
  } finally {
    rmSync(whole, { force: true })
  }
}

function writeBeside(path: string, secrets: object): string {
  const whole = `${path}.${process.pid}`
  writeFileSync(whole, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600, flush: true })
  return whole
}

function readSecrets(path: string): Secrets | null {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  try {
    return withAdded(path, JSON.parse(text))
  } catch (error) {
    if (!(error instanceof z.ZodError || error instanceof SyntaxError)) throw error
    throw new SetupError(`${path} cannot be read as secrets. It holds the keys that signed this data's receipts and the database's password: put the file back from a copy, or move the whole data folder away to begin anew.`)
  }
}

/** Derived from a secret of the file, so that whoever else adds them at this moment adds the same. */
function withAdded(path: string, held: unknown): Secrets {
  const first = firstSchema.loose().parse(held)
  const missing = addedNames.filter((name) => first[name] === undefined)
  if (missing.length === 0) return schema.parse(first)
  const added = Object.fromEntries(missing.map((name) => [name, derive(first.sessionSecret, name)]))
  const whole = schema.loose().parse({ ...first, ...added })
  renameSync(writeBeside(path, whole), path)
  return schema.parse(whole)
}

function derive(sessionSecret: string, name: string): string {
  return Buffer.from(hkdfSync('sha256', sessionSecret, '', `stormdoor ${name}`, 32)).toString('hex')
}
