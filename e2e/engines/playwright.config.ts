import { defineConfig } from '@playwright/test'
import type { EngineOptions } from './engine-test.ts'

/** Playwright only runs these journeys: the browsers are real ones of other makers, driven by their own protocols. */
export default defineConfig<object, EngineOptions>({
  testDir: '.',
  outputDir: '../../test-results/engines',
  workers: 1,
  fullyParallel: false,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 360_000,
  expect: { timeout: 90_000 },
  reporter: [['list']],
  projects: [
    { name: 'firefox', use: { engineName: 'firefox' } },
    { name: 'webkitgtk', use: { engineName: 'webkitgtk' } },
  ],
})
