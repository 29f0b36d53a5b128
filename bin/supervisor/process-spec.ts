/** How the supervisor runs one process. */
export interface ProcessSpec {
  name: string
  /** Neighbors of one stage are stopped at once; default: alone. */
  stage?: string
  /** Program and arguments. */
  command: readonly string[]
  env: Readonly<Record<string, string | undefined>>
  /** Working folder; default the checkout. */
  cwd?: string
  port?: number
  adminPort?: number
  /** Asked again and again until it returns; a throw is "not ready yet" with its message. */
  ready: (signal: AbortSignal) => Promise<void>
  /** Default SIGTERM. */
  stopSignal?: 'SIGTERM' | 'SIGINT'
}

/** Ready when the admin server's /readyz says so. */
export function readyOverHttp(url: string): ProcessSpec['ready'] {
  return async (signal) => {
    const answer = await fetch(url, { signal, redirect: 'manual' })
    if (!answer.ok) throw new Error((await answer.text()).trim() || `status ${answer.status}`)
    await answer.body?.cancel()
  }
}
