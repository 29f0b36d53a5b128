import { build } from './build/build.ts'
import { runCommand } from './setup/setup-error.ts'
import { showProgress } from './setup/progress.ts'

await runCommand(async () => {
  const built = await build({ force: process.argv.includes('--force'), step: showProgress })
  console.log(built ? 'Built.' : 'Already built, and nothing has changed since.')
})
