import type { SenderLocks } from '../outbox.ts'
import type { PhoneContext } from './phone-context.ts'

/** Web Locks of one phone: a death frees them, a frozen tab keeps them. */
export class SimulatedLocks {
  readonly #areRefused: () => boolean
  readonly #holders = new Map<string, PhoneContext>()

  /** @param areRefused a browser that keeps no data for a site gives it no locks either */
  constructor(areRefused: () => boolean) {
    this.#areRefused = areRefused
  }

  locksFor(context: PhoneContext): SenderLocks {
    return {
      request: async (name, { mode }, work) => {
        const granted = await context.ask(`lock ${name}`, () => {
          if (this.#areRefused()) throw new DOMException('No locks for this site', 'SecurityError')
          if (this.#holders.has(name)) return false
          if (mode !== 'shared') this.#holders.set(name, context)
          return true
        })
        if (!granted) return work(null)
        try {
          return await work({ name })
        } finally {
          if (this.#holders.get(name) === context) this.#holders.delete(name)
        }
      },
    }
  }

  /** Also what was granted in the very moment of death. */
  release(context: PhoneContext): void {
    for (const [name, holder] of this.#holders) if (holder === context) this.#holders.delete(name)
  }
}
