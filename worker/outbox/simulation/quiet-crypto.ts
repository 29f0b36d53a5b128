const METHODS = ['digest', 'sign', 'verify', 'importKey'] as const

/**
 * WebCrypto works on other threads and ends when it likes. Counting what is under way lets the simulation wait for it
 * at each step, so that it takes no time there and the same seed gives the same run.
 */
export class QuietCrypto {
  #underWay = 0

  constructor() {
    const { subtle } = globalThis.crypto
    for (const method of METHODS) {
      const real = (subtle[method] as (...parts: unknown[]) => Promise<unknown>).bind(subtle)
      const counted = (...parts: unknown[]) => {
        this.#underWay += 1
        const work = real(...parts)
        const ended = () => {
          this.#underWay -= 1
        }
        work.then(ended, ended)
        return work
      }
      Object.defineProperty(subtle, method, { configurable: true, value: counted })
    }
  }

  /** Resolves when every continuation has run as far as it can without an answer from the simulated world. */
  async settled(): Promise<void> {
    do await new Promise((resolve) => setImmediate(resolve))
    while (this.#underWay > 0)
  }

  /** Puts the methods back as they were. */
  restore(): void {
    for (const method of METHODS) Reflect.deleteProperty(globalThis.crypto.subtle, method)
  }
}
