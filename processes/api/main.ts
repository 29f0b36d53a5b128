import { EnvironmentError } from '../../server/platform/environment.ts'
import { startTelemetry } from '../../server/platform/telemetry.ts'

// Before the libraries that it traces.
const stopTelemetry = await startTelemetry('api')
const { startApi } = await import('./start-api.ts')

try {
  const api = await startApi()
  let stopping: Promise<void> | null = null
  const stop = () => {
    stopping ??= api.stop().then(stopTelemetry).then(() => process.exit(0), () => process.exit(1))
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
} catch (error) {
  const known = error instanceof EnvironmentError
  process.stderr.write(`${known || !(error instanceof Error) ? String(error) : error.stack}\n`)
  process.exit(1)
}
