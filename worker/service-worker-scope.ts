import type { PrecacheEntry } from 'workbox-precaching'

/** The part of a service worker's global scope that is used: TypeScript's DOM library has none, and its worker library clashes with it. */
interface ExtendableEvent extends Event {
  waitUntil(work: Promise<unknown>): void
}

interface InstallEvent extends ExtendableEvent {
  /** Chromium 123 and later. */
  addRoutes?(rules: readonly { condition: { requestMethod: string }; source: 'network' }[]): Promise<void>
}

interface FetchEvent extends ExtendableEvent {
  readonly request: Request
}

interface SyncEvent extends ExtendableEvent {
  readonly tag: string
  readonly lastChance: boolean
}

interface WorkerMessageEvent extends ExtendableEvent {
  readonly data: unknown
}

interface WorkerEvents {
  install: InstallEvent
  activate: ExtendableEvent
  fetch: FetchEvent
  sync: SyncEvent
  message: WorkerMessageEvent
}

interface ServiceWorkerScope {
  readonly registration: ServiceWorkerRegistration & { readonly sync?: { register(tag: string): Promise<void> } }
  skipWaiting(): Promise<void>
  addEventListener<E extends keyof WorkerEvents>(type: E, listener: (event: WorkerEvents[E]) => void): void
}

// In a service worker `self` is this; the DOM library knows only windows.
export const worker = globalThis as unknown as ServiceWorkerScope

declare const __PRECACHE__: PrecacheEntry[]
/** Written in by the build. */
export const precacheEntries: PrecacheEntry[] = __PRECACHE__
