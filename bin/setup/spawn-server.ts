import { spawn, type ChildProcess } from 'node:child_process'
import { findProgram } from './find-program.ts'

/**
 * Starts a server for a run of tests: when that run dies, however it dies, the kernel ends the server too.
 * @returns what stops it and waits until it is gone
 */
export function spawnServer(command: readonly string[], env: NodeJS.ProcessEnv): { child: ChildProcess; stop: () => Promise<void> } {
  const withParent = findProgram('setpriv') ? ['setpriv', '--pdeathsig', 'KILL', ...command] : [...command]
  const [file = '', ...args] = withParent
  const child = spawn(file, args, { env, stdio: 'ignore', cwd: '/' })
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  return {
    child,
    stop: async () => {
      child.kill('SIGINT')
      await gone
    },
  }
}
