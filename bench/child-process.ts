import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

/** A child of the bench that speaks by messages; it ends with its parent and is ended by its own pid. */
export class BenchProcess {
  readonly #child: ChildProcess
  readonly #name: string

  private constructor(name: string, child: ChildProcess) {
    this.#name = name
    this.#child = child
  }

  /** Starts a TypeScript or JavaScript file and waits for its first message, which tells its port (0: it serves none). */
  static async start(name: string, file: URL | string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<{ process: BenchProcess; port: number }> {
    const child = fork(file, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'inherit', 'ipc'], serialization: 'advanced' })
    const started = new BenchProcess(name, child)
    const { port } = await started.#next<{ port: number }>()
    return { process: started, port }
  }

  get pid(): number {
    return this.#child.pid!
  }

  async ask<T>(message: object): Promise<T> {
    this.#child.send(message)
    const answer = await this.#next<{ result: T } | { error: string }>()
    if ('error' in answer) throw new Error(`${this.#name}: ${answer.error}`)
    return answer.result
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const gone = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await gone
  }

  async #next<T>(): Promise<T> {
    const left = new AbortController()
    try {
      return await Promise.race([
        once(this.#child, 'message', { signal: left.signal }).then(([message]) => message as T),
        once(this.#child, 'exit', { signal: left.signal }).then(([code, signal]) => {
          throw new Error(`${this.#name} ended (${String(code ?? signal)}) before it answered`)
        }),
      ])
    } finally {
      left.abort()
    }
  }
}
