import { defineConfig } from 'vitest/config'

const kafkaTests = '**/*.kafka.test.ts'

export default defineConfig({
  test: {
    exclude: ['node_modules/**', '.next/**', '.build/**', '.stormdoor/**', 'e2e/**/*.spec.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    teardownTimeout: 20_000,
    // What comes in a moment comes late while other tests have the processor.
    expect: { poll: { timeout: 20_000 } },
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['**/*.test.{ts,tsx}'], exclude: [kafkaTests], globalSetup: ['bin/test-support/global-setup.ts'] },
      },
      {
        extends: true,
        test: {
          name: 'kafka', include: [kafkaTests], testTimeout: 240_000, hookTimeout: 240_000,
          globalSetup: ['bin/test-support/global-setup.ts', 'bin/test-support/kafka-setup.ts'],
        },
      },
    ],
  },
})
