import { isIP } from 'node:net'
import { Connection, type ConnectionOptions } from '@platformatic/kafka'
import type { KafkaSettings } from './kafka-url.ts'

const CONNECT_BOUND_MS = 1_000
/** In flight on one connection at the most; a broker answers them one after the other. */
const IN_FLIGHT = 64

export interface Broker {
  host: string
  port: number
}

/** What both this adapter's connections and the library's own clients are made with. */
export function connectionOptions({ tls, sasl }: Pick<KafkaSettings, 'tls' | 'sasl'>): ConnectionOptions {
  return { connectTimeout: CONNECT_BOUND_MS, ...(tls && { tls }), ...(sasl && { sasl }) }
}

/**
 * One connection per broker and purpose. A broker answers a connection's requests in their order, so a fetch that waits
 * for records must never share one with a send.
 */
export class BrokerConnections {
  readonly #clientId: string
  readonly #settings: Pick<KafkaSettings, 'tls' | 'sasl'>
  readonly #open = new Map<string, Promise<Connection>>()
  #closed = false

  constructor(clientId: string, settings: Pick<KafkaSettings, 'tls' | 'sasl'>) {
    this.#clientId = clientId
    this.#settings = settings
  }

  /** Rejects when the broker cannot be reached; then surely nothing was sent. */
  to(broker: Broker, purpose: string, requestTimeoutMs: number): Promise<Connection> {
    if (this.#closed) return Promise.reject(new Error('the connections are closed'))
    const key = `${broker.host}:${broker.port} ${purpose}`
    const existing = this.#open.get(key)
    if (existing) return existing
    const connecting = this.#connect(broker, requestTimeoutMs, () => {
      if (this.#open.get(key) === connecting) this.#open.delete(key)
    })
    this.#open.set(key, connecting)
    return connecting
  }

  async close(): Promise<void> {
    this.#closed = true
    const all = await Promise.allSettled(this.#open.values())
    this.#open.clear()
    await Promise.all(all.flatMap((one) => (one.status === 'fulfilled' ? [one.value.close()] : [])))
  }

  async #connect({ host, port }: Broker, requestTimeout: number, lost: () => void): Promise<Connection> {
    const options = { ...connectionOptions(this.#settings), requestTimeout, maxInflights: IN_FLIGHT }
    // An address in the place of a server's name is against RFC 6066.
    if (options.tls && isIP(host) === 0) options.tlsServerName = host
    const connection = new Connection(this.#clientId, options)
    connection.on('error', lost)
    // A request without an answer takes its connection with it: what follows it would wait behind it.
    connection.on('closing', lost)
    connection.on('close', lost)
    try {
      await connection.connect(host, port)
      return connection
    } catch (error) {
      lost()
      throw error
    }
  }
}
