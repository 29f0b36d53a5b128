import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { projectFolder } from './setup/project-folder.ts'
import { runWithUsage, UsageError } from './command-line.ts'
import { chooseSteps, stepNames } from './test/test-steps.ts'
import { runSteps } from './test/run-steps.ts'

const usage = `Usage: npm test [-- --full] [-- --only ${stepNames.join(',')}] [-- --tag @door]`

// A run starts hundreds of processes over the same few files: each of them compiles only what none did before.
process.env.NODE_COMPILE_CACHE ??= join(projectFolder, 'node_modules/.cache/compile')

await runWithUsage(usage, async () => {
  const { full, only, tag } = options()
  const unknown = only?.filter((name) => !stepNames.includes(name)) ?? []
  if (unknown.length > 0) throw new UsageError(`No step ${unknown.join(', ')}.`)
  if (tag !== undefined && !/^@[a-z0-9-]+$/.test(tag)) throw new UsageError('A tag looks like @door.')
  return runSteps(chooseSteps({ full, only, tag }))
})

function options(): { full: boolean; only: string[] | undefined; tag: string | undefined } {
  const { values } = parseArgs({ options: { full: { type: 'boolean', default: false }, only: { type: 'string' }, tag: { type: 'string' } } })
  return { full: values.full, only: values.only?.split(',').filter(Boolean), tag: values.tag }
}
