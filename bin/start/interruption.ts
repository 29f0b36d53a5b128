import type { Stack } from '../supervisor/start-stack.ts'

/** One Ctrl-C arrives up to three times: from the terminal, from npm and from run.mjs. */
const sameKeyPressMs = 1000
const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const

export interface Interruption {
  /** Aborted by the first Ctrl-C or SIGTERM. */
  signal: AbortSignal
  /** Aborted by a second one. */
  impatient: AbortSignal
  exitCode: number
}

/** Listens for Ctrl-C and SIGTERM from now on. */
export function interruptible(now: () => number = Date.now): Interruption {
  const first = new AbortController()
  const second = new AbortController()
  const interruption: Interruption = { signal: first.signal, impatient: second.signal, exitCode: 0 }
  let firstAtMs = 0
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (!first.signal.aborted) {
        firstAtMs = now()
        interruption.exitCode = name === 'SIGINT' ? exitCodes.SIGINT : exitCodes.SIGTERM
        console.log('\nStopping; Ctrl-C again stops at once …')
        first.abort()
      } else if (now() - firstAtMs > sameKeyPressMs) {
        second.abort()
      }
    })
  }
  return interruption
}

/** Waits for the interruption, then stops all in order, or at once when interrupted again. Resolves to exit code 0: a stop on request is a success. */
export async function holdUntilStopped(stack: Stack, { signal, impatient }: Interruption): Promise<number> {
  await aborted(signal)
  const orderly = stack.stop({ onStop: (names) => console.log(`  stopping ${names.join(', ')}`) }).then(() => true)
  const done = await Promise.race([orderly, aborted(impatient).then(() => false)])
  if (!done) await stack.stop({ now: true })
  console.log('Stopped. All data is kept.')
  return 0
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
