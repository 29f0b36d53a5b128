import { Agent, type Dispatcher } from 'undici'
import type { Random } from '../../domain/clock.ts'
import { REPORT_HEADERS } from '../../domain/report-limits.ts'
import { demoCustomers } from '../../bin/demo/demo-customers.ts'
import type { RouteName } from './mix.ts'

/** After that a visitor gives up. */
const ANSWER_WITHIN_MS = 20_000
const KEEP_ALIVE_MS = 30_000
/** Own reports that are asked for again. */
const MOST_KNOWN = 1_000
/** Of millions of accounts, those that are asked for: evenly spread. */
const MOST_FACTS = 100_000

/** Facts that a customer or a member of staff has of an account. */
interface Facts {
  accountNumber: string
  phone: string
  houseNumber: string
  address: string
}

interface Ask {
  method: 'GET' | 'POST'
  path: string
  headers?: Record<string, string>
  body?: string
}

/** Everybody who looks: asks for pages, standings and accounts, never twice. */
export class PortalVisitor {
  readonly agent: Agent
  readonly #url: string
  readonly #random: Random
  readonly #staffToken: string
  readonly #facts: readonly Facts[]
  readonly #reports: { id: string; secret: string }[] = []
  #reportsSeen = 0

  constructor({ url, random, staffToken, accounts }: { url: string; random: Random; staffToken: string; accounts: number }) {
    this.#url = url
    this.#random = random
    this.#staffToken = staffToken
    this.#facts = factsOfSome(accounts)
    // No bound on connections: an arrival never waits for another's answer.
    this.agent = new Agent({ connections: null, pipelining: 1, keepAliveTimeout: KEEP_ALIVE_MS, headersTimeout: ANSWER_WITHIN_MS, bodyTimeout: ANSWER_WITHIN_MS })
  }

  get accountNumbers(): string[] {
    return this.#facts.map(({ accountNumber }) => accountNumber)
  }

  /** A report that was accepted; some of its kind are looked at later. */
  knowReport(id: string, secret: string): void {
    this.#reports[this.#reportsSeen++ % MOST_KNOWN] = { id, secret }
  }

  /** Resolves to the status, 0 when no whole answer came; never rejects. */
  async visit(route: Exclude<RouteName, 'report'>): Promise<number> {
    const { path, ...ask } = this.#askFor(route)
    try {
      const { statusCode, body } = await this.agent.request({ origin: this.#url, path, ...ask, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) })
      await drain(body)
      return statusCode
    } catch {
      return 0
    }
  }

  #askFor(route: Exclude<RouteName, 'report'>): Ask {
    const page = { method: 'GET', headers: { accept: 'text/html', 'accept-encoding': 'br, gzip' } } as const
    switch (route) {
      case 'home': return { ...page, path: '/en' }
      case 'report-page': return { ...page, path: '/en/report' }
      case 'sign-in-page': return { ...page, path: '/sign-in' }
      case 'outage-status': return { method: 'GET', path: '/api/v1/outage-status' }
      case 'report-standing': return this.#standing()
      case 'guest-look-up': return { method: 'POST', path: '/api/v1/guest-look-ups', headers: { 'content-type': 'application/json' }, body: JSON.stringify(this.#guestQuestion()) }
      case 'account-look-up': return { method: 'GET', path: `/api/v1/accounts/${this.#pick(this.#facts).accountNumber}`, headers: { authorization: `Bearer ${this.#staffToken}` } }
    }
  }

  #standing(): Ask {
    const { id, secret } = this.#pick(this.#reports)
    return { method: 'GET', path: `/api/v1/outage-reports/${id}`, headers: { [REPORT_HEADERS.secret]: secret } }
  }

  /** By one of the ways in which a guest may ask, of facts that agree. */
  #guestQuestion(): object {
    const { accountNumber, phone, houseNumber, address } = this.#pick(this.#facts)
    const way = this.#random.fraction()
    if (way < 0.6) return { accountNumber, houseNumber }
    return way < 0.9 ? { phone, houseNumber } : { address }
  }

  #pick<T>(choices: readonly T[]): T {
    const chosen = choices[Math.floor(this.#random.fraction() * choices.length)]
    if (chosen === undefined) throw new Error('Nothing is known yet that could be asked for')
    return chosen
  }
}

function factsOfSome(accounts: number): Facts[] {
  const step = Math.ceil(accounts / MOST_FACTS)
  const facts: Facts[] = []
  let home = 0
  for (const { accountNumber, personal } of demoCustomers({ count: accounts })) {
    if (home++ % step !== 0) continue
    const { line1, postalCode } = personal.address
    facts.push({ accountNumber, phone: personal.phones[0]!, houseNumber: line1.split(' ', 1)[0]!, address: `${line1} ${postalCode}` })
  }
  return facts
}

async function drain(body: Dispatcher.ResponseData['body']): Promise<void> {
  for await (const _chunk of body as AsyncIterable<Uint8Array>) continue
}
