import { mkdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { withFolderLock } from '../setup/folder-lock.ts'
import { projectFolder } from '../setup/project-folder.ts'
import { runProgram } from '../setup/run-program.ts'
import { SetupError } from '../setup/setup-error.ts'
import { buildFolder, builtFingerprint, deploymentId, forgetBuild, recordBuild } from './build-record.ts'
import { sourceFingerprint } from './source-fingerprint.ts'

const binaries = join(projectFolder, 'node_modules/.bin')

export interface BuildOptions {
  /** Build even when nothing changed. */
  force?: boolean
  /** Runs one named step; for a display of progress. */
  step?: <T>(what: string, work: () => Promise<T>) => Promise<T>
}

/**
 * Database client, pages and service worker; skipped when the sources are those of the last finished build.
 * One build at a time; an interrupted one is made again.
 * @returns whether anything was built
 * @throws SetupError with the output of the tool that failed
 */
export async function build({ force = false, step = (_what, work) => work() }: BuildOptions = {}): Promise<boolean> {
  if (!force && builtFingerprint() === sourceFingerprint(projectFolder)) return false
  mkdirSync(buildFolder, { recursive: true })
  return withFolderLock(buildFolder, 'building', async () => {
    const fingerprint = sourceFingerprint(projectFolder)
    if (!force && builtFingerprint() === fingerprint) return false
    forgetBuild()
    await step('Database client', () => runTool('prisma', ['generate'], { PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true', PRISMA_HIDE_UPDATE_MESSAGE: '1', CHECKPOINT_DISABLE: '1' }))
    await step('Pages', () => runTool('next', ['build'], { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', NEXT_DEPLOYMENT_ID: deploymentId(fingerprint) ?? '' }))
    await step('Service worker', async () => {
      // After the pages, whose files it lists for the phone to keep; the door serves public/ at the root.
      const { buildWorker } = await import('../../worker/build.ts')
      await buildWorker({ outDir: join(projectFolder, 'public') })
    })
    recordBuild(fingerprint)
    return true
  })
}

async function runTool(name: string, args: readonly string[], env: Record<string, string>): Promise<void> {
  const path = [binaries, process.env.PATH].join(delimiter)
  const { code, output } = await runProgram(join(binaries, name), args, { cwd: projectFolder, env: { ...process.env, ...env, PATH: path } })
  if (code !== 0) throw new SetupError(`${name} ${args.join(' ')} failed (exit code ${code}):\n${output.trimEnd()}`)
}
