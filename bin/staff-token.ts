import { parseArgs } from 'node:util'
import { systemClock } from '../domain/clock.ts'
import { issueStaffToken } from '../server/identity/issue-staff-token.ts'
import { STAFF_TOKEN_HOURS_MOST } from '../server/identity/staff-token.ts'
import { createDatabase } from '../server/platform/database.ts'
import { readEnvironment } from '../server/platform/environment.ts'
import { NotFoundError } from '../server/platform/errors.ts'
import { parseSigningKeys } from '../server/platform/signing-keys.ts'
import { runWithUsage, UsageError } from './command-line.ts'
import { dataFolder } from './setup/project-folder.ts'
import { loadSecrets } from './setup/secrets.ts'
import { SetupError } from './setup/setup-error.ts'
import { storeSettings } from './store-settings.ts'

const HOURS = 1
const TIMEOUT_MS = 5_000
const USAGE = `Usage: npm run -s staff-token -- --email ADDRESS [--hours ${HOURS}]
Prints a token for GET /api/v1/accounts: it is that member of staff who looks, and it is kept in the log.
  --hours  until it ends, at most ${STAFF_TOKEN_HOURS_MOST}`

await runWithUsage(USAGE, async () => {
  const { email, hours } = request()
  const database = createDatabase(storeSettings().databaseUrl, { connectTimeoutMs: TIMEOUT_MS, queryTimeoutMs: TIMEOUT_MS, connections: 1 })
  const keys = parseSigningKeys(process.env['STORMDOOR_SIGNING_KEYS'] ? readEnvironment(['STORMDOOR_SIGNING_KEYS']).STORMDOOR_SIGNING_KEYS : loadSecrets(dataFolder()).signingKeys)
  try {
    const { token, staff } = await issueStaffToken({ database, keys, clock: systemClock }, email, hours)
    console.error(`For ${staff.name} (${staff.role}), ${hours} ${hours === 1 ? 'hour' : 'hours'}:`)
    console.log(token)
  } catch (error) {
    if (error instanceof NotFoundError) throw new SetupError(`${error.message}: ${email}`)
    throw new SetupError('Postgres, which knows the staff, does not answer: is the portal running? Start it: npm start')
  } finally {
    await database.$disconnect()
  }
})

function request(): { email: string; hours: number } {
  const { values } = parseArgs({ options: { email: { type: 'string' }, hours: { type: 'string' } } })
  const hours = values.hours === undefined ? HOURS : Number(values.hours)
  if (!values.email) throw new UsageError('Say whose token, by --email ADDRESS.')
  if (!(hours > 0 && hours <= STAFF_TOKEN_HOURS_MOST)) throw new UsageError(`--hours takes a number up to ${STAFF_TOKEN_HOURS_MOST}.`)
  return { email: values.email, hours }
}
