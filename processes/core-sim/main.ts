import { join } from 'node:path'
import { startAdminServer } from '../../server/platform/admin-server.ts'
import { EnvironmentError, readEnvironment } from '../../server/platform/environment.ts'
import { createLogger } from '../../server/platform/logger.ts'
import { coreFileName } from './core-file-name.ts'
import { startCoreSim } from './start-core-sim.ts'

try {
  const environment = readEnvironment(['STORMDOOR_ENV', 'STORMDOOR_DATA', 'PORT', 'ADMIN_PORT', 'CORE_SYSTEM_TOKEN'])
  const { STORMDOOR_ENV: mode, STORMDOOR_DATA: dataDir, CORE_SYSTEM_TOKEN: token } = environment
  if (mode === 'production') throw new EnvironmentError('core-sim is a stand-in for demonstration and tests: it does not run in production. Set CORE_SYSTEM_URL to the core system.')
  if (token === undefined) throw new EnvironmentError('core-sim cannot start: CORE_SYSTEM_TOKEN is missing.')
  const logger = createLogger('core-sim')
  const core = await startCoreSim({ path: join(dataDir, coreFileName), token, port: environment.PORT })
  const admin = await startAdminServer('core-sim', environment.ADMIN_PORT, () => void core.history.state())
  logger.info({ port: core.port, adminPort: admin.port }, 'the stand-in for the core system answers')
  let stopping: Promise<void> | null = null
  const stop = () => {
    stopping ??= core.close().then(() => admin.close())
  }
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, stop)
} catch (error) {
  const known = error instanceof EnvironmentError
  process.stderr.write(`${known || !(error instanceof Error) ? String(error) : error.stack}\n`)
  process.exit(1)
}
