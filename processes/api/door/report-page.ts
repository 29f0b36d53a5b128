import type { FastifyReply, FastifyRequest } from 'fastify'
import { encodingFor, StaticFile } from './static-file.ts'
import { GzipTemplate } from './gzip-template.ts'

const ID_INPUT = 'value="__STORMDOOR_REPORT_ID__"'
const SECRET_INPUT = 'value="__STORMDOOR_REPORT_SECRET__"'

/**
 * The prerendered report page. A person's navigation gets a form of its own: a new id and secret stand in the two
 * hidden inputs, so that a double press or a reload of the answer meets itself; such a page is `no-store`. The service
 * worker's precache (a script's fetch, `Sec-Fetch-Dest: empty`) gets the page with its placeholders, the same for all: it may be
 * kept and revalidated, and no id is handed out twice from it.
 */
export class ReportPage {
  readonly #template: GzipTemplate
  readonly #shared: StaticFile
  readonly #headers: Record<string, string>

  /** Null when the page holds no such form. Placeholders inside scripts stay: the scripts are allowed by their hash. */
  static of(html: string, headers: Record<string, string>): ReportPage | null {
    const [before, afterId, ...moreIds] = html.split(ID_INPUT)
    const [between, after, ...moreSecrets] = (afterId ?? '').split(SECRET_INPUT)
    if (before === undefined || between === undefined || after === undefined || moreIds.length + moreSecrets.length > 0) return null
    return new ReportPage(html, [`${before}value="`, `"${between}value="`, `"${after}`], headers)
  }

  private constructor(html: string, parts: string[], headers: Record<string, string>) {
    this.#template = new GzipTemplate(parts)
    this.#shared = new StaticFile(Buffer.from(html), 'text/html; charset=utf-8', { ...headers, vary: 'accept-encoding, sec-fetch-dest' })
    this.#headers = { ...headers, 'content-type': 'text/html; charset=utf-8', vary: 'accept-encoding, sec-fetch-dest', 'cache-control': 'no-store' }
  }

  async serve(request: FastifyRequest, reply: FastifyReply, issue: () => { id: string; secret: string }): Promise<FastifyReply> {
    if (request.headers['sec-fetch-dest'] === 'empty') return this.#shared.serve(request, reply)
    const { id, secret } = issue()
    void reply.headers(this.#headers)
    if (encodingFor(request.headers['accept-encoding']) === 'identity') return reply.send(this.#template.plain([id, secret]))
    return reply.header('content-encoding', 'gzip').send(this.#template.gzip([id, secret]))
  }
}
