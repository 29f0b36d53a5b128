import type { z } from 'zod'
import { accountChangesSchema, receiptSchema, snapshotPageSchema, snapshotSchema, type Snapshot } from '../core-answers.ts'
import type { CorePayment } from '../core-delivery.ts'
import { CoreAnswerError, CoreRefusedError } from '../core-errors.ts'
import type { CoreCall, CoreChanges, CoreDelivery, CoreReceipt, CoreSystem, KnownAnswer } from '../core-system.ts'
import { CoreHttp, type CoreHttpOptions, type CoreRequest } from './core-http.ts'
import type { CoreAnswer } from './http-answer.ts'

const SMALL_ANSWER_BYTES = 65_536
/** Of a row in JSON, four times what an account can say: a page may be so many times its rows. */
const ROW_BYTES = 8_192

/** A number that no account has. */
const NO_ACCOUNT = '0'

/** The core system over its REST API, described in core-system.openapi.json. */
export class RestCoreSystem implements CoreSystem {
  readonly singleAccountsAreCheap = true
  readonly #http: CoreHttp

  constructor(options: CoreHttpOptions) {
    this.#http = new CoreHttp(options)
  }

  async snapshot(known: KnownAnswer | null, call: CoreCall): Promise<Snapshot | 'unchanged'> {
    const answer = await this.#http.ask({ method: 'GET', path: '/account-snapshot', known: known?.etag, mostBytes: SMALL_ANSWER_BYTES }, [200, 304], call)
    return answer.status === 304 ? 'unchanged' : { ...parse(answer, snapshotSchema), etag: etagOf(answer) }
  }

  async snapshotPage(snapshotId: string, after: string | null, limit: number, call: CoreCall): Promise<{ rows: unknown[]; next: string | null }> {
    const path = `/account-snapshot/${encodeURIComponent(snapshotId)}/accounts?${query({ limit, after })}`
    const page = parse(await this.#http.ask(get(path, limit), [200], call), snapshotPageSchema)
    requireAtMost(page.rows, limit)
    // Followed, it would be fetched for ever.
    if (page.next !== null && (page.next === after || page.rows.length === 0)) throw new CoreAnswerError('The core system answered a page that leads nowhere')
    return page
  }

  async accountChanges(since: string, limit: number, known: KnownAnswer | null, call: CoreCall): Promise<CoreChanges | 'unchanged'> {
    const answer = await this.#http.ask({ ...get(`/account-changes?${query({ since, limit })}`, limit), known: known?.etag }, [200, 304], call)
    if (answer.status === 304) return 'unchanged'
    const page = parse(answer, accountChangesSchema)
    requireAtMost(page.changes, limit)
    if (page.more && page.next === since) throw new CoreAnswerError('The core system answered changes that lead nowhere')
    return { ...page, etag: etagOf(answer) }
  }

  async account(accountNumber: string, call: CoreCall): Promise<unknown> {
    // As a part of an address these would mean another one.
    if (accountNumber === '' || accountNumber === '.' || accountNumber === '..') return null
    try {
      const answer = await this.#http.ask({ method: 'GET', path: `/accounts/${encodeURIComponent(accountNumber)}`, mostBytes: SMALL_ANSWER_BYTES }, [200], call)
      return jsonOf(answer)
    } catch (error) {
      if (error instanceof CoreRefusedError && error.status === 404) return null
      throw error
    }
  }

  async deliverReport({ id, reportId, kind, body }: CoreDelivery, call: CoreCall): Promise<CoreReceipt> {
    const report = `/outage-reports/${encodeURIComponent(reportId)}`
    return this.#put(kind === 'report' ? report : `${report}/follow-ups/${encodeURIComponent(id)}`, body, call)
  }

  async deliverPayment(payment: CorePayment, call: CoreCall): Promise<CoreReceipt> {
    return this.#put(`/payments/${encodeURIComponent(payment.paymentId)}`, Buffer.from(JSON.stringify(payment)), call)
  }

  async reach(call: CoreCall): Promise<void> {
    await this.account(NO_ACCOUNT, call)
  }

  close(): Promise<void> {
    return this.#http.close()
  }

  async #put(path: string, body: Uint8Array, call: CoreCall): Promise<CoreReceipt> {
    const answer = await this.#http.ask({ method: 'PUT', path, body, mostBytes: SMALL_ANSWER_BYTES }, [200, 201], call)
    return { ...parse(answer, receiptSchema), repeated: answer.status === 200 }
  }
}

function get(path: string, rows: number): CoreRequest {
  return { method: 'GET', path, mostBytes: SMALL_ANSWER_BYTES + rows * ROW_BYTES }
}

function query(values: Record<string, string | number | null>): string {
  return new URLSearchParams(Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]]))).toString()
}

/** Without one the next question is simply asked in full. */
function etagOf({ header }: CoreAnswer): string {
  return header('etag') ?? ''
}

function requireAtMost(rows: readonly unknown[], limit: number): void {
  if (rows.length > limit) throw new CoreAnswerError(`The core system answered ${rows.length} rows where ${limit} were asked for`)
}

function jsonOf({ text }: CoreAnswer): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new CoreAnswerError('The core system answered in JSON that is broken')
  }
}

/** Names the field that is wrong, never its value. */
function parse<T extends z.ZodType>(answer: CoreAnswer, schema: T): z.infer<T> {
  const parsed = schema.safeParse(jsonOf(answer))
  if (parsed.success) return parsed.data
  const where = parsed.error.issues[0]!.path.join('.')
  throw new CoreAnswerError(`The core system answered in another form than agreed${where && ` (${where})`}`)
}
