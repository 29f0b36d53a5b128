import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { connect, type Browser, type Page } from 'puppeteer-core'
import type { FirefoxProgram } from '../../bin/setup/firefox.ts'
import { type Engine, ONE_THING_MS, type Phone } from './phone.ts'
import { killTree } from './process-tree.ts'

/** A browser for tests calls nobody, asks nothing at its start, and does not doubt itself after a crash. */
const PREFERENCES = {
  'app.normandy.enabled': false,
  'app.update.auto': false,
  'app.update.enabled': false,
  'browser.aboutwelcome.enabled': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'browser.sessionstore.resume_from_crash': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.homepage_override.mstone': 'ignore',
  'browser.startup.page': 0,
  'datareporting.policy.dataSubmissionEnabled': false,
  'extensions.update.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,#remote-settings-dummy/v1',
  'toolkit.startup.max_resumed_crashes': -1,
  'toolkit.telemetry.enabled': false,
}

/** Firefox ESR, headless, over WebDriver BiDi. */
export function firefoxEngine({ executablePath, env }: FirefoxProgram): Engine {
  return {
    name: 'Firefox ESR',
    start: async (profileFolder) => {
      mkdirSync(profileFolder, { recursive: true })
      const lines = Object.entries(PREFERENCES).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`)
      writeFileSync(join(profileFolder, 'user.js'), lines.join('\n'))
      const child = spawn(executablePath, ['--headless', '--remote-debugging-port=0', '--profile', profileFolder, '--no-remote', 'about:blank'], {
        stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...env, HOME: profileFolder }, detached: true,
      })
      const browser = await attach(child)
      const page = (await browser.pages())[0] ?? (await browser.newPage())
      page.setDefaultTimeout(ONE_THING_MS)
      return { phone: phoneOf(child, browser, page), version: (await browser.version()).replace(/^.*\//, '') }
    },
  }
}

async function attach(child: ChildProcess): Promise<Browser> {
  try {
    return await connect({ browserWSEndpoint: `${await endpointOf(child)}/session`, protocol: 'webDriverBiDi', protocolTimeout: ONE_THING_MS, defaultViewport: null })
  } catch (error) {
    await killTree(child)
    throw error
  }
}

async function endpointOf(child: ChildProcess): Promise<string> {
  const said: string[] = []
  const late = setTimeout(() => child.kill('SIGKILL'), ONE_THING_MS)
  try {
    for await (const line of createInterface({ input: child.stderr! })) {
      said.push(line)
      const found = /WebDriver BiDi listening on (ws:\S+)/.exec(line)
      if (!found) continue
      child.stderr!.resume()
      return found[1]!
    }
  } finally {
    clearTimeout(late)
  }
  throw new Error(`Firefox ended before it was ready:\n${said.slice(-20).join('\n')}`)
}

function phoneOf(child: ChildProcess, browser: Browser, page: Page): Phone {
  return {
    open: async (url) => void (await page.goto(url, { waitUntil: 'load' })),
    reload: async () => void (await page.reload({ waitUntil: 'load' })),
    tap: (xpath) => page.locator(`::-p-xpath(${xpath})`).click(),
    type: (text) => page.keyboard.type(text),
    read: (question, about = '') => page.evaluate(question, about),
    kill: async () => {
      await killTree(child)
      await browser.disconnect().catch(() => undefined)
    },
  }
}
