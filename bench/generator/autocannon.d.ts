/** The part of autocannon 9 that the bench uses; the package ships no types. */
declare module 'autocannon' {
  import type { EventEmitter } from 'node:events'

  export interface Client extends EventEmitter {
    /** Sends the next request on this connection. Called by autocannon at connect and after each answer. */
    _doRequest(): void
    /** The bytes that the next send writes. */
    getRequestBuffer(): Buffer
  }
  export interface Result {
    errors: number
    timeouts: number
  }
  export interface Run extends EventEmitter, PromiseLike<Result> {
    stop(): void
  }
  export default function autocannon(options: {
    url: string
    connections: number
    duration: number
    timeout: number
    method: 'POST'
    setupClient: (client: Client) => void
  }): Run
}
