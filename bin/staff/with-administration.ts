import { systemClock, systemRandom } from '../../domain/clock.ts'
import { recordActs } from '../../server/audit/record-acts.ts'
import type { AdministrationContext } from '../../server/identity/administration/administration-context.ts'
import { createStaffServices, readStaffEnvironment } from '../../server/identity/staff-services.ts'
import { readEnvironment } from '../../server/platform/environment.ts'
import { openEventLog } from '../../server/platform/event-log/open-event-log.ts'
import { dataFolder } from '../setup/project-folder.ts'
import { loadSecrets } from '../setup/secrets.ts'
import { SetupError } from '../setup/setup-error.ts'
import { storeSettings } from '../store-settings.ts'
import { runningUrl } from '../supervisor/run-record.ts'

const quiet = { warn: () => undefined, info: () => undefined, error: () => undefined }

/** Opens what the administration of staff needs, as the environment says or as `npm start` keeps it, and closes it again. */
export async function withAdministration(work: (context: AdministrationContext & { dataDir: string; breakGlassKey: string | undefined }) => Promise<void>): Promise<void> {
  const { STORMDOOR_DATA: dataDir } = readEnvironment(['STORMDOOR_DATA'])
  const { eventLogUrl, region, databaseUrl } = storeSettings()
  const publicUrl = process.env['PUBLIC_URL'] || runningUrl(dataDir) || 'http://localhost:3000'
  const breakGlassKey = process.env['STAFF_BREAK_GLASS_KEY'] || (isProduction() ? undefined : loadSecrets(dataFolder()).breakGlassKey)
  const log = await openEventLog({ url: eventLogUrl, clock: systemClock, region, node: 'staff' })
  const audit = recordActs({ log, clock: systemClock, random: systemRandom, logger: quiet })
  const services = createStaffServices({
    environment: readStaffEnvironment({ ...process.env, DATABASE_URL: databaseUrl, PUBLIC_URL: publicUrl, STORMDOOR_DATA: dataDir, STORMDOOR_SESSION_SECRET: sessionSecret(), STAFF_BREAK_GLASS_KEY: breakGlassKey }),
    log: () => Promise.resolve(log), redis: null, audit, clock: systemClock, random: systemRandom, logger: quiet,
  })
  const { auth } = services.signIn
  try {
    await auth.store.$queryRaw`SELECT 1`.catch(() => {
      throw new SetupError('Postgres, which knows the staff, does not answer: is the portal running? Start it: npm start')
    })
    await work({ ...(await services.administration()), dataDir, breakGlassKey })
  } finally {
    await audit.close()
    await Promise.all([auth.close(), log.close()])
  }
}

/** Throws SetupError in production, where no codes are told. */
export function demoSessionSecret(): string {
  if (isProduction()) throw new SetupError('Codes are told in the demo alone.')
  return sessionSecret()
}

function sessionSecret(): string {
  if (process.env['STORMDOOR_SESSION_SECRET']) return readEnvironment(['STORMDOOR_SESSION_SECRET']).STORMDOOR_SESSION_SECRET
  if (isProduction()) throw new SetupError('STORMDOOR_SESSION_SECRET is not set: second factors are sealed with it.')
  return loadSecrets(dataFolder()).sessionSecret
}

/** A command that is run beside `npm start` is of the demo, as that is, unless told otherwise. */
function isProduction(): boolean {
  return process.env['STORMDOOR_ENV'] === 'production'
}
