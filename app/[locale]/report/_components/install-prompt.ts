/** Chromium's, which TypeScript's DOM library does not have. */
interface InstallPromptEvent extends Event {
  prompt(): Promise<{ outcome: 'accepted' | 'dismissed' }>
}

/** The browser's own offer to install, kept back until there is a reason that a person can see. */
class InstallPrompt {
  #event: InstallPromptEvent | null = null
  readonly #listeners = new Set<() => void>()

  readonly isOffered = (): boolean => this.#event !== null

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** As long as the page is there. The browser offers once, and may do so before the page is taken over. */
  listen(): void {
    window.addEventListener('beforeinstallprompt', (event) => {
      event.preventDefault()
      this.#set(event as InstallPromptEvent)
    })
    window.addEventListener('appinstalled', () => this.#set(null))
  }

  /** Lets the browser ask; it does so once. Resolves to whether the person agreed. */
  async ask(): Promise<boolean> {
    const event = this.#event
    this.#set(null)
    return (await event?.prompt())?.outcome === 'accepted'
  }

  #set(event: InstallPromptEvent | null): void {
    this.#event = event
    for (const listener of this.#listeners) listener()
  }
}

export const installPrompt = new InstallPrompt()

/** Safari on an iPhone or iPad, in a tab: it installs only by its Share button, and never offers it. */
export function isSafariTabOnIos(): boolean {
  const { standalone, maxTouchPoints, userAgent } = navigator as Navigator & { standalone?: boolean }
  return standalone === false && maxTouchPoints > 0 && /Version\/[\d.]+ .*Safari\//.test(userAgent) && !/CriOS|FxiOS|EdgiOS|OPiOS|GSA\//.test(userAgent)
}
