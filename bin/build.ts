import { parseArgs } from 'node:util'
import { build } from './build/build.ts'
import { runWithUsage } from './command-line.ts'
import { showProgress } from './setup/progress.ts'

const USAGE = `Usage: npm run build -- [--force]
Database client, pages and service worker; npm start does it by itself.
  --force  also when nothing has changed since the last build`

await runWithUsage(USAGE, async () => {
  const { values } = parseArgs({ options: { force: { type: 'boolean', default: false } } })
  const built = await build({ force: values.force, step: showProgress })
  console.log(built ? 'Built.' : 'Already built, and nothing has changed since.')
})
