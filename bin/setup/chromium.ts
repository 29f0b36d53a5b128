import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fetchDebianPackages } from './debian-packages.ts'
import { findProgram } from './find-program.ts'
import { fontEnvironment, fontPackages } from './font-configuration.ts'
import { runProgram } from './run-program.ts'
import { SetupError } from './setup-error.ts'

export interface ChromiumProgram {
  executablePath: string
  env: Record<string, string>
  args: string[]
}

/** Without these a browser in a closed network keeps trying to reach its maker's hosts. */
const quietFlags = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage']

/** `CHROMIUM_PATH`, else `chromium` from PATH, else Debian's package fetched into the tools folder. */
export async function prepareChromium(tools: string, say?: (detail: string) => void): Promise<ChromiumProgram> {
  const given = process.env.CHROMIUM_PATH
  if (given && !existsSync(given)) throw new SetupError(`CHROMIUM_PATH names ${given}, which is not there.`)
  const installed = given || findProgram('chromium')
  if (installed) return { executablePath: installed, env: {}, args: [...(await sandboxFlags()), ...quietFlags] }
  const { root, env } = await fetchDebianPackages(tools, ['chromium', ...fontPackages], say)
  return {
    executablePath: join(root, 'usr/lib/chromium/chromium'),
    env: { ...env, ...fontEnvironment(tools, root) },
    args: ['--no-sandbox', ...quietFlags],
  }
}

/** Chromium's sandbox works neither for root nor where user namespaces are closed. */
async function sandboxFlags(): Promise<string[]> {
  const closed = process.getuid?.() === 0 || (await runProgram('unshare', ['--user', '--map-root-user', 'true'])).code !== 0
  return closed ? ['--no-sandbox'] : []
}
