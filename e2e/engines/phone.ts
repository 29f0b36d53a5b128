/** A browser with a profile that outlives it: the same phone after a crash. */
export interface Phone {
  /** Goes there and waits until the page is loaded. */
  open(url: string): Promise<void>
  reload(): Promise<void>
  /** Taps the first visible element that the XPath finds, as a finger would; waits until there is one. */
  tap(xpath: string): Promise<void>
  /** Types into what has the focus. */
  type(text: string): Promise<void>
  /** What a function says of the page. It runs there: of this side it sees its argument and nothing else. */
  read<T extends string | number | boolean>(question: (about: string) => T | Promise<T>, about?: string): Promise<T>
  /** SIGKILL to the browser and every process of it: nothing is flushed, no handler runs. */
  kill(): Promise<void>
}

export interface Engine {
  /** As in the table of what is survived. */
  name: string
  /** @param profileFolder kept over starts: IndexedDB, service worker and cookies live there */
  start(profileFolder: string): Promise<{ phone: Phone; version: string }>
}

/** How long a browser on a busy machine may take for one thing. */
export const ONE_THING_MS = 60_000
