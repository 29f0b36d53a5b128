import { PriorityHeap } from './priority-heap.ts'

/** Who follows the partition that something to hand over is in. */
export interface DeliveryOwner {
  /** Aborted when the partition is let go. */
  readonly signal: AbortSignal
  /** Its customer took the report back, as far as was read. */
  isWithdrawn(reportId: string): boolean
  /** It is over, and the log says so. */
  done(item: DeliveryItem): void
  /** The log does not show its report. @returns false when it is not waited for any longer */
  waitsForReport(item: DeliveryItem): boolean
  /** A report that goes before what follows it, and may not be in memory. */
  bringReport(reportId: string): Promise<void>
}

/** Something to hand over. Its bytes stay in the log until then. */
export interface DeliveryItem {
  /** The report's id, or the follow-up's. */
  readonly id: string
  readonly owner: DeliveryOwner
  readonly reportId: string
  readonly kind: 'report' | 'follow-up'
  readonly hazardous: boolean
  readonly acceptedAtMs: number
  /** Place among all that this process has read. */
  readonly order: number
  /** By the monotonic clock: not before. */
  readyAtMs: number
  /** Tries that failed in this process. */
  failures: number
  /** Of those: that were its own fault, for others went through meanwhile. */
  ownFailures: number
  /** How many hand-overs this process had achieved at its last failure. */
  passedAtFailure: number
}

/** One of a chain that is under way. */
export interface Taken {
  readonly item: DeliveryItem
  readonly premise: string
}

interface Chain {
  premise: string
  items: DeliveryItem[]
  hazards: number
  /** Under way. */
  taken: DeliveryItem | null
  notBeforeMs: number
  /** An entry of a heap with another number is out of date. */
  turn: number
}

interface Entry {
  chain: Chain
  turn: number
  atMs: number
  hazardous: boolean
  head: DeliveryItem
}

/** Compacts the heaps when so many times more entries than chains are in them. */
const MOST_STALE = 4
const FEW_ENTRIES = 1_000

/**
 * What waits to be handed over, in a chain for each premise: of each chain one is under way at most, in the order in which it
 * was read. A chain with a hazard goes before all without; else the one whose first waits longest.
 */
export class DeliveryQueue {
  readonly #chains = new Map<string, Chain>()
  readonly #chainOf = new Map<DeliveryItem, Chain>()
  #later = laterHeap()
  #ready = readyHeap()

  get size(): number {
    return this.#chainOf.size
  }

  add(item: DeliveryItem, premise: string): void {
    let chain = this.#chains.get(premise)
    if (!chain) this.#chains.set(premise, (chain = { premise, items: [], hazards: 0, taken: null, notBeforeMs: 0, turn: 0 }))
    let place = chain.items.length
    while (place > 0 && chain.items[place - 1]!.order > item.order) place--
    // What follows a report may have been read before it.
    const follows = item.kind === 'report' ? chain.items.findIndex(({ reportId }) => reportId === item.reportId) : -1
    if (follows >= 0) place = Math.min(place, follows)
    chain.items.splice(place, 0, item)
    if (item.hazardous) chain.hazards++
    this.#chainOf.set(item, chain)
    this.#schedule(chain)
  }

  remove(item: DeliveryItem): void {
    const chain = this.#chainOf.get(item)
    if (!chain) return
    this.#chainOf.delete(item)
    chain.items.splice(chain.items.indexOf(item), 1)
    if (item.hazardous) chain.hazards--
    if (chain.items.length === 0 && !chain.taken) this.#chains.delete(chain.premise)
    this.#schedule(chain)
  }

  /** A report and what follows it belong to another premise than was thought; not while one of them is under way. */
  move(report: DeliveryItem, premise: string): void {
    const { reportId } = report
    const chain = this.#chainOf.get(report)
    if (!chain || chain.taken?.reportId === reportId || chain.premise === premise) return
    for (const item of chain.items.filter((held) => held.reportId === reportId)) {
      this.remove(item)
      this.add(item, premise)
    }
  }

  /** It need not wait any longer for what it waited for. */
  hasten(item: DeliveryItem): void {
    item.readyAtMs = 0
    const chain = this.#chainOf.get(item)
    if (!chain) return
    if (chain.items[0] === item) chain.notBeforeMs = 0
    this.#schedule(chain)
  }

  /** Milliseconds until one can be taken; infinite when none can before something changes. */
  waitMs(nowMs: number): number {
    this.#promote(nowMs)
    if (this.#ready.size > 0) return 0
    const next = this.#later.peek()
    return next ? next.atMs - nowMs : Infinity
  }

  /** The next to hand over; its chain is under way until `settle`. */
  take(nowMs: number): Taken | null {
    this.#promote(nowMs)
    return taken(this.#ready.pop())
  }

  /** Of all that can be taken, the one that failed the fewest times, whatever goes first: looks at each of them. */
  takeLeastFailed(nowMs: number): Taken | null {
    this.#promote(nowMs)
    let least: Entry | undefined
    for (const entry of this.#ready.values()) {
      if (!isStale(entry) && (!least || entry.head.failures < least.head.failures)) least = entry
    }
    return taken(least)
  }

  /** What was taken is over, and was removed or waits for another try. @param backoffMs before its chain is taken from again */
  settle({ item, premise }: Taken, nowMs: number, backoffMs = 0): void {
    const chain = this.#chains.get(premise)
    if (!chain) return
    chain.taken = null
    chain.notBeforeMs = this.#chainOf.has(item) ? nowMs + backoffMs : 0
    if (chain.items.length === 0) this.#chains.delete(premise)
    this.#schedule(chain)
  }

  /** Nobody waits for a further try any more: what they failed for is over. */
  hastenAll(): void {
    for (const chain of this.#chains.values()) {
      if (chain.notBeforeMs === 0) continue
      chain.notBeforeMs = 0
      this.#schedule(chain)
    }
  }

  #schedule(chain: Chain): void {
    chain.turn++
    const head = chain.items[0]
    if (chain.taken || !head) return
    const atMs = Math.max(chain.notBeforeMs, head.readyAtMs)
    this.#later.push({ chain, turn: chain.turn, atMs, hazardous: chain.hazards > 0, head })
    if (this.#later.size + this.#ready.size > FEW_ENTRIES + MOST_STALE * this.#chains.size) this.#compact()
  }

  #promote(nowMs: number): void {
    for (let entry = this.#later.peek(); entry && (isStale(entry) || entry.atMs <= nowMs); entry = this.#later.peek()) {
      this.#later.pop()
      if (!isStale(entry)) this.#ready.push(entry)
    }
    for (let entry = this.#ready.peek(); entry && isStale(entry); entry = this.#ready.peek()) this.#ready.pop()
  }

  #compact(): void {
    this.#later = laterHeap()
    this.#ready = readyHeap()
    for (const chain of this.#chains.values()) {
      const head = chain.items[0]
      if (chain.taken || !head) continue
      this.#later.push({ chain, turn: chain.turn, atMs: Math.max(chain.notBeforeMs, head.readyAtMs), hazardous: chain.hazards > 0, head })
    }
  }
}

/** Its entry, left in a heap, is out of date then. */
function taken(entry: Entry | undefined): Taken | null {
  if (!entry) return null
  entry.chain.taken = entry.head
  entry.chain.turn++
  return { item: entry.head, premise: entry.chain.premise }
}

function isStale({ chain, turn }: Entry): boolean {
  return chain.turn !== turn
}

function laterHeap(): PriorityHeap<Entry> {
  return new PriorityHeap<Entry>((one, other) => one.atMs < other.atMs)
}

function readyHeap(): PriorityHeap<Entry> {
  return new PriorityHeap<Entry>((one, other) => {
    if (one.hazardous !== other.hazardous) return one.hazardous
    if (one.head.acceptedAtMs !== other.head.acceptedAtMs) return one.head.acceptedAtMs < other.head.acceptedAtMs
    return one.head.order < other.head.order
  })
}
