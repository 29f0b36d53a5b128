import { spawn, type SpawnOptions } from 'node:child_process'
import { constants } from 'node:os'

export interface ProgramResult {
  /** Exit code; 128 + signal number when killed; 127 when it could not be started. */
  code: number
  /** stdout and stderr as they came. */
  output: string
  stdout: string
}

/** Runs a program to its end and keeps what it printed; never rejects for an exit code. */
export function runProgram(file: string, args: readonly string[], options: SpawnOptions = {}): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    let stdout = ''
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
      stdout += chunk
    })
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (output += chunk))
    child.once('error', (error) => resolve({ code: 127, output: error.message, stdout: '' }))
    child.once('close', (code, signal) => resolve({ code: code ?? 128 + (signal ? constants.signals[signal] : 0), output, stdout }))
  })
}
