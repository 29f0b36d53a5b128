import { defineConfig } from '@playwright/test'
import { prepareChromium } from './bin/setup/chromium.ts'
import { toolsFolder } from './bin/setup/project-folder.ts'

const chromium = await prepareChromium(toolsFolder())

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  // Other browsers, other configuration.
  testIgnore: '**/engines/**',
  outputDir: 'test-results',
  // Each journey runs a whole portal of its own, and there may be no more than two cores.
  workers: 1,
  fullyParallel: false,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    launchOptions: {
      executablePath: chromium.executablePath,
      args: chromium.args,
      env: { ...(process.env as Record<string, string>), ...chromium.env },
    },
    // Snapshots of the document tell as much as a picture of every frame.
    trace: { mode: 'retain-on-failure', screenshots: false },
  },
})
