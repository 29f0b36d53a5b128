import { defineConfig } from 'vitest/config'

const tests = '**/*.test.{ts,tsx}'
const kafkaTests = '**/*.kafka.test.ts'
const never = ['node_modules/**', '.next/**', '.build/**', '.stormdoor/**', 'e2e/**/*.spec.ts']

/**
 * Where a file of tests makes its own stores and leaves the process as it was: no global, fake timer or mock of a module
 * outlives it, and no count of the whole process is taken for its own.
 */
const sharing = [
  'app/{account,desk}/**', 'app/*/{account,reports}/**', 'bin/{start,survives,test}', 'domain/**', 'load/**', 'messages/**',
  'processes/{core-sim,api/door,api/reads,reactors/delivery}', 'server/{access,accounts,audit,core-system,identity,messages,operations,outages,search}/**',
].map((folder) => `${folder}/*.test.{ts,tsx}`)

const each = {
  pool: 'forks',
  testTimeout: 60_000,
  hookTimeout: 120_000,
  teardownTimeout: 20_000,
  // What comes in a moment comes late while other tests have the processor.
  expect: { poll: { timeout: 20_000 } },
} as const

export default defineConfig({
  test: {
    maxWorkers: 2,
    // One Postgres and one Redis of the run; what it provides is there in every project.
    globalSetup: ['bin/test-support/global-setup.ts'],
    projects: [
      {
        // A process for each file: its threads, children, globals and counters are nobody else's.
        test: { ...each, name: 'unit', include: [tests], exclude: [...never, kafkaTests, ...sharing], sequence: { groupOrder: 0 } },
      },
      {
        // To start a process and to load the database client and the rest anew takes longer than most of these.
        test: { ...each, name: 'unit-sharing', include: sharing, exclude: never, isolate: false, sequence: { groupOrder: 1 } },
      },
      {
        test: { ...each, name: 'kafka', include: [kafkaTests], exclude: never, testTimeout: 240_000, hookTimeout: 240_000, globalSetup: ['bin/test-support/kafka-setup.ts'] },
      },
    ],
  },
})
