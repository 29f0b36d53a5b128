import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { chromium, type Browser, type BrowserContext } from 'playwright'

export interface ChromiumBinary {
  executablePath: string
  args: readonly string[]
  env: Readonly<Record<string, string | undefined>>
}

/** Chromium waits five minutes before the first Background Sync retry; a test has seconds. */
const QUICK_BACKGROUND_SYNC = [
  '--force-fieldtrials=BackgroundSync/Exp/',
  '--force-fieldtrial-params=BackgroundSync.Exp:initial_retry_delay_sec/5/min_sync_recovery_time_ms/1000/retry_delay_factor/1/max_sync_attempts/20/max_attempts_with_notification_permission/20',
]

/** A real Chromium with a profile that outlives it, so that it can be killed and come back as the same phone. */
export class KillableChromium {
  readonly #child: ChildProcess
  readonly #browser: Browser

  private constructor(child: ChildProcess, browser: Browser) {
    this.#child = child
    this.#browser = browser
  }

  /**
   * @param profileFolder kept over restarts: IndexedDB, service worker and queued syncs live there
   * @param flags further ones for the command line
   */
  static async start(binary: ChromiumBinary, profileFolder: string, flags: readonly string[] = []): Promise<KillableChromium> {
    const child = spawn(
      binary.executablePath,
      [...binary.args, ...QUICK_BACKGROUND_SYNC, ...flags, '--headless=new', '--remote-debugging-port=0', `--user-data-dir=${profileFolder}`, 'about:blank'],
      { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...binary.env }, detached: true },
    )
    const endpoint = await debuggerEndpoint(child)
    return new KillableChromium(child, await chromium.connectOverCDP(endpoint))
  }

  get context(): BrowserContext {
    return this.#browser.contexts()[0]!
  }

  /** SIGKILL to the whole process group: nothing is flushed, no handler runs. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const gone = once(this.#child, 'exit')
    process.kill(-this.#child.pid!, 'SIGKILL')
    await gone
    await this.#browser.close().catch(() => undefined)
  }
}

async function debuggerEndpoint(child: ChildProcess): Promise<string> {
  const said: string[] = []
  for await (const line of createInterface({ input: child.stderr! })) {
    said.push(line)
    const found = /DevTools listening on (ws:\S+)/.exec(line)
    if (found) {
      child.stderr!.resume()
      return found[1]!
    }
  }
  throw new Error(`Chromium ended before it was ready:\n${said.slice(-20).join('\n')}`)
}
