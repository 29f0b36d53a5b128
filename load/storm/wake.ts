/** Wakes everybody who waits at the moment of a call. */
export interface Wake {
  call(): void
  /** Waits `durationMs`, or until called or aborted. True when the call ended it. */
  orAfter(durationMs: number, signal: AbortSignal): Promise<boolean>
}

export function createWake(): Wake {
  let call = Promise.withResolvers<true>()
  return {
    call: () => {
      const called = call
      call = Promise.withResolvers<true>()
      called.resolve(true)
    },
    orAfter: async (durationMs, signal) => {
      const ended = new AbortController()
      const { promise: waited, resolve } = Promise.withResolvers<false>()
      const timer = setTimeout(() => resolve(false), Math.max(0, durationMs))
      signal.addEventListener('abort', () => resolve(false), { signal: ended.signal })
      if (signal.aborted) resolve(false)
      try {
        return await Promise.race([call.promise, waited])
      } finally {
        clearTimeout(timer)
        ended.abort()
      }
    },
  }
}
