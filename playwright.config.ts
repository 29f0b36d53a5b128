import { defineConfig } from '@playwright/test'
import { prepareChromium } from './bin/setup/chromium.ts'
import { toolsFolder } from './bin/setup/project-folder.ts'

const chromium = await prepareChromium(toolsFolder())

/** What measures, and what takes all of a small machine: three nodes and three brokers. */
const ALONE = ['**/lighthouse.spec.ts', '**/many-nodes.spec.ts']

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  // Other browsers, other configuration.
  testIgnore: '**/engines/**',
  outputDir: 'test-results',
  // Each has a whole portal of its own and waits more than it works: for a lease to end, a database to come back.
  workers: 2,
  fullyParallel: false,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  projects: [
    { name: 'journeys', testIgnore: ['**/engines/**', ...ALONE] },
    // To be run by one worker, and beside nothing else.
    { name: 'alone', testMatch: ALONE },
  ],
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
