import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base } from '@playwright/test'
import { prepareFirefox } from '../../bin/setup/firefox.ts'
import { toolsFolder } from '../../bin/setup/project-folder.ts'
import { prepareWebKit } from '../../bin/setup/webkit.ts'
import { type Portal, startPortal } from '../support/portal.ts'
import { firefoxEngine } from './firefox-engine.ts'
import type { Engine, Phone } from './phone.ts'
import { startDisplay } from './virtual-display.ts'
import { webkitEngine } from './webkit-engine.ts'

export { expect } from '@playwright/test'

export interface EngineOptions {
  engineName: 'firefox' | 'webkitgtk'
}

/** One person's phone: each start is the same browser profile again. */
export interface Owner {
  startPhone(): Promise<Phone>
  /** Such as `Firefox ESR` and its version, known after the first start. */
  engine(): { engine: string; engineVersion: string }
}

export const test = base.extend<{ owner: Owner }, EngineOptions & { engine: Engine; portal: Portal }>({
  engineName: ['firefox', { option: true, scope: 'worker' }],
  engine: [
    async ({ engineName }, use) => {
      if (engineName === 'firefox') return use(firefoxEngine(await prepareFirefox(toolsFolder())))
      const programs = await prepareWebKit(toolsFolder())
      const display = await startDisplay(programs)
      try {
        await use(webkitEngine(programs, display.name))
      } finally {
        await display.stop()
      }
    },
    { scope: 'worker', timeout: 300_000 },
  ],
  portal: [
    async ({}, use) => {
      const portal = await startPortal()
      await use(portal)
      await portal.stop()
    },
    { scope: 'worker', timeout: 300_000 },
  ],
  owner: async ({ engine, portal }, use) => {
    const profile = mkdtempSync(join(tmpdir(), 'stormdoor-phone-'))
    const started: Phone[] = []
    let version = ''
    await use({
      startPhone: async () => {
        const { phone, version: told } = await engine.start(profile)
        version = told
        started.push(phone)
        return phone
      },
      engine: () => ({ engine: engine.name, engineVersion: version }),
    })
    for (const phone of started) await phone.kill()
    portal.network.goOnline()
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  },
})
