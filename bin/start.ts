import { dataFolder } from './setup/project-folder.ts'
import { runCommand } from './setup/setup-error.ts'
import { startPortal } from './start/start-portal.ts'
import { readStartOptions, startUsage } from './start/start-options.ts'

await runCommand(async () => {
  const options = readStartOptions(process.argv.slice(2))
  if (options) return startPortal(dataFolder(), process.env, options)
  console.log(startUsage)
  return 0
})
