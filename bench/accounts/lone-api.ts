import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { freePorts } from '../../bin/setup/free-port.ts'
import { projectFolder } from '../../bin/setup/project-folder.ts'
import { systemClock } from '../../domain/clock.ts'

const READY_WITHIN_MS = 60_000
const LOOK_MS = 50
/** The discard port of loopback: pages are not asked for. */
const NO_WEB = 'http://127.0.0.1:9'

/** The portal's api process alone, as a cluster runs it: no page has to be built for it. */
export async function startLoneApi(env: Readonly<Record<string, string>>): Promise<{ url: string; pid: number; stop(): Promise<void> }> {
  const [port, adminPort] = (await freePorts(2)) as [number, number]
  const own = { STORMDOOR_NODE: 'api', PORT: String(port), ADMIN_PORT: String(adminPort), WEB_URL: NO_WEB, LOG_LEVEL: 'error' }
  const child = spawn(process.execPath, ['processes/api/main.ts'], { cwd: projectFolder, env: { ...process.env, ...env, ...own }, stdio: ['ignore', 'ignore', 'inherit'] })
  const gone = once(child, 'exit')
  const untilMs = systemClock.monotonicMs() + READY_WITHIN_MS
  const ready = () => fetch(`http://127.0.0.1:${adminPort}/readyz`).then(({ ok }) => ok, () => false)
  while (!(await ready())) {
    if (child.exitCode !== null || systemClock.monotonicMs() > untilMs) throw new Error('The api process does not become ready')
    await systemClock.sleep(LOOK_MS)
  }
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid!,
    stop: async () => {
      child.kill('SIGTERM')
      await gone
    },
  }
}
