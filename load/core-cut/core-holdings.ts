import type { OutageDelivered } from '../../domain/delivery.ts'
import type { EventLog } from '../../server/platform/event-log/event-log.ts'
import type { HeldReport } from './reckon-deliveries.ts'

const PAGE = 10_000
const ANSWER_WITHIN_MS = 20_000

interface Listed {
  deliveries: { place: number; id: string; kind: string; receivedAt: string; times: number; hazards: string[] }[]
  next: string | null
}

/** The stand-in for the core system, asked beside what a core system has. */
export class CoreHoldings {
  readonly #origin: string
  readonly #token: string

  /** @param url CORE_SYSTEM_URL of the stand-in */
  constructor(url: string, token: string) {
    this.#origin = new URL(url).origin
    this.#token = token
  }

  async counts(): Promise<{ reports: number; conflicts: number }> {
    const { counts } = await this.#ask<{ counts: { reports: number; conflicts: number } }>('/control')
    return counts
  }

  /** All reports that it holds, in the order in which it took them. */
  async reports(): Promise<HeldReport[]> {
    const held: HeldReport[] = []
    for (let after: string | null = ''; after !== null; ) {
      const page: Listed = await this.#ask<Listed>(`/control/deliveries?limit=${PAGE}&after=${after}`)
      for (const { place, id, kind, receivedAt, times, hazards } of page.deliveries) {
        if (kind === 'report') held.push({ place, id, times, receivedAtMs: Date.parse(receivedAt), hazardous: hazards.length > 0 })
      }
      after = page.next
    }
    return held
  }

  async #ask<T>(path: string): Promise<T> {
    const answer = await fetch(this.#origin + path, { headers: { authorization: `Bearer ${this.#token}` }, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) })
    if (!answer.ok) throw new Error(`The core system's stand-in answered ${answer.status} to ${path}`)
    return answer.json() as Promise<T>
  }
}

/** Ids of the reports that the log says were handed over, one per event. */
export async function deliveredInLog(log: EventLog): Promise<string[]> {
  const ids: string[] = []
  const { signal } = new AbortController()
  for (const partition of await log.partitions('outages')) {
    for await (const batch of log.read(partition, null, { signal, follow: false })) {
      for (const { first, envelope } of batch) {
        if (!first || envelope.type !== 'outage.delivered.v1') continue
        // The data of each type: eventTypes in domain/event.ts.
        const { deliveryId, reportId } = envelope.data as OutageDelivered
        if (deliveryId === reportId) ids.push(reportId)
      }
    }
  }
  return ids
}
