import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { canFetchDebianPackages, fetchDebianPackages } from './debian-packages.ts'
import { findProgram } from './find-program.ts'
import { fontEnvironment, fontPackages } from './font-configuration.ts'
import { SetupError } from './setup-error.ts'

export interface FirefoxProgram {
  executablePath: string
  env: Record<string, string>
}

/** `FIREFOX_PATH`, else `firefox-esr` from PATH, else Debian's package fetched into the tools folder. */
export async function prepareFirefox(tools: string, say?: (detail: string) => void): Promise<FirefoxProgram> {
  const given = process.env.FIREFOX_PATH
  if (given && !existsSync(given)) throw new SetupError(`FIREFOX_PATH names ${given}, which is not there.`)
  const installed = given || findProgram('firefox-esr')
  if (installed) return { executablePath: installed, env: {} }
  const { root, env } = await fetchDebianPackages(tools, ['firefox-esr', ...fontPackages], say)
  return { executablePath: join(root, 'usr/lib/firefox-esr/firefox-esr'), env: { ...env, ...fontEnvironment(tools, root) } }
}

/** Why Firefox ESR cannot run here, or null. */
export function missingForFirefox(): string | null {
  const found = process.env.FIREFOX_PATH || findProgram('firefox-esr') || canFetchDebianPackages()
  return found ? null : 'firefox-esr is not installed, and there is no apt-get to fetch it with'
}
