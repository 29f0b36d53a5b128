import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { generateSigningKeys } from '../../server/platform/signing-keys.ts'
import { SetupError } from './setup-error.ts'

const schema = z.object({
  postgresPassword: z.string().min(1),
  redisPassword: z.string().min(1),
  signingKeys: z.string().min(1),
  sessionSecret: z.string().min(32),
  serverActionsKey: z.string().min(32),
})

export type Secrets = z.infer<typeof schema>

/** The secrets of a data folder (`secrets.json`, mode 0600), made once. Two first starts at once agree on one set. */
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
  }
  const whole = `${path}.${process.pid}`
  writeFileSync(whole, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600, flush: true })
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

function readSecrets(path: string): Secrets | null {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    throw new SetupError(`${path} cannot be read as secrets. It holds the keys that signed this data's receipts and the database's password: put the file back from a copy, or move the whole data folder away to begin anew.`)
  }
}
