import { dataFolder } from './setup/project-folder.ts'
import { runCommand } from './setup/setup-error.ts'
import { startPortal } from './start/start-portal.ts'

await runCommand(() => startPortal(dataFolder(), process.env))
