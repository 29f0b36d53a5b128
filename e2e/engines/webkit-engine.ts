import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { mkdirSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../../bin/setup/free-port.ts'
import type { WebKitPrograms } from '../../bin/setup/webkit.ts'
import { type Engine, ONE_THING_MS, type Phone } from './phone.ts'
import { killTree } from './process-tree.ts'
import { WebDriverSession } from './web-driver-session.ts'

const LOOK_EVERY_MS = 50
const windowScript = join(import.meta.dirname, 'webkit-window.js')

/** WebKitGTK in a window of its own, over WebDriver. @param display such as `:1` */
export function webkitEngine({ driverPath, gjsPath, env, cwd }: WebKitPrograms, display: string): Engine {
  return {
    name: 'WebKitGTK',
    start: async (profileFolder) => {
      mkdirSync(profileFolder, { recursive: true })
      const port = await freePort()
      const driver = spawn(driverPath, [`--port=${port}`], {
        stdio: 'ignore', cwd, env: { ...process.env, ...env, DISPLAY: display, HOME: profileFolder, XDG_RUNTIME_DIR: profileFolder }, detached: true,
      })
      const kill = () => killTree(driver)
      try {
        const driverUrl = `http://127.0.0.1:${port}`
        await untilReady(driverUrl)
        const session = await WebDriverSession.start(driverUrl, { 'webkitgtk:browserOptions': { binary: gjsPath, args: ['--module', windowScript, profileFolder] } })
        return { phone: phoneOf(session, kill), version: session.browserVersion }
      } catch (error) {
        await kill()
        throw error
      }
    },
  }
}

async function untilReady(driverUrl: string): Promise<void> {
  const deadline = Date.now() + ONE_THING_MS
  for (;;) {
    const response = await fetch(`${driverUrl}/status`).catch(() => null)
    if (response?.ok) return
    if (Date.now() > deadline) throw new Error(`WebKitWebDriver does not answer at ${driverUrl}`)
    await delay(LOOK_EVERY_MS)
  }
}

function phoneOf(session: WebDriverSession, kill: () => Promise<void>): Phone {
  return {
    open: (url) => session.navigate(url),
    reload: () => session.refresh(),
    tap: (xpath) => session.click(xpath),
    type: (text) => session.typeIntoFocused(text),
    // The page runs the very function that is declared to return a T.
    read: async <T>(question: (about: string) => T | Promise<T>, about = '') => (await session.execute(`return (${question.toString()})(${JSON.stringify(about)})`)) as T,
    kill,
  }
}
