import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext, Page } from '@playwright/test'
import { prepareChromium } from '../../bin/setup/chromium.ts'
import { toolsFolder } from '../../bin/setup/project-folder.ts'
import { KillableChromium } from './killable-chromium.ts'

export interface Phone {
  /** The same phone's browser, again and again. */
  start: (flags?: readonly string[]) => Promise<KillableChromium>
  /** Where the browser keeps its data, also while it does not run. */
  profile: string
}

/** A phone of its own for one journey: a profile that outlives its browser, and goes at the end with every browser that still runs. */
export async function withPhone(journey: (phone: Phone) => Promise<void>): Promise<void> {
  const profile = mkdtempSync(join(tmpdir(), 'stormdoor-phone-'))
  const binary = await prepareChromium(toolsFolder())
  const started: KillableChromium[] = []
  try {
    await journey({
      profile,
      start: async (flags) => {
        const phone = await KillableChromium.start(binary, profile, flags)
        started.push(phone)
        return phone
      },
    })
  } finally {
    for (const phone of started) await phone.kill()
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  }
}

export async function firstPage(context: BrowserContext): Promise<Page> {
  return context.pages()[0] ?? context.newPage()
}

/** As in a browser that has none: the property is absent. */
export async function withoutBackgroundSync(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    // A page without an origin of its own has no workers at all.
    if ('ServiceWorkerRegistration' in globalThis) Reflect.deleteProperty(ServiceWorkerRegistration.prototype, 'sync')
  })
}
