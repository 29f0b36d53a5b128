import formbody from '@fastify/formbody'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Locale } from '../../../domain/outage-report.ts'
import type { FieldProblem } from '../../../domain/problem.ts'
import { isCommandId } from '../../../domain/uuid.ts'
import { reportedIn, SAVED_BY_SERVER } from '../../../server/outages/report-outage.ts'
import { hashSecret, sameHash } from '../../../server/outages/report-secret.ts'
import { ConflictError, IndeterminateError, InvalidInputError, LogUnavailableError, NotFoundError, OverloadedError } from '../../../server/platform/errors.ts'
import { verifyReceipt } from '../../../server/platform/receipts.ts'
import type { Place } from './admission.ts'
import type { DoorContext } from './context.ts'
import type { DoorPage } from './door-page.ts'
import { localeOf } from './locale-of.ts'
import { takeReport } from './outage-reports.ts'
import { issueReport } from './pages.ts'
import { conflictPage, notReceiptPage, receivedPage } from './received-page.ts'
import { type FormTrouble, reportFormPage } from './report-form-page.ts'
import { bodyFromForm, type FormFields, oneOf } from './report-from-form.ts'
import type { Site } from './site.ts'

/**
 * `POST /report`, the form of a browser without scripts, and the page it ends with.
 * No token guards it against being posted from another site: nobody is signed in here, it reads no cookie but the
 * language, and what a forged post could do (report an outage) anyone may do anyway.
 */
export async function plainForm(app: FastifyInstance, context: DoorContext, site: Site): Promise<void> {
  app.removeAllContentTypeParsers()
  await app.register(formbody, { bodyLimit: context.limits.formBytes })
  const page = (locale: Locale) => ({ utility: context.utility, locale, styleSheets: site.styleSheets, publicUrl: context.publicUrl })
  const sending = new SendingForms()

  app.post('/report', {
    onRequest: (request, reply, done) => {
      // A form cannot say "hazard" before its body is read: it may take a hazard's place, and is checked after.
      request.place = context.admission.enter({ saysHazard: true }, reply.raw)
      done()
    },
    errorHandler: (error, request, reply) => {
      const fields = typeof request.body === 'object' && request.body !== null ? (request.body as FormFields) : {}
      const locale = localeOf(context.utility.locales, oneOf(fields, 'locale'), request.headers)
      if (error instanceof ConflictError) {
        sendPage(reply, 409, conflictPage(page(locale)))
        return
      }
      const { status, trouble } = troubleOf(error)
      if (trouble === 'wrong') context.logger.error({ traceId: request.trace.traceId, err: error }, 'a plain form failed')
      const problems: readonly FieldProblem[] = error instanceof InvalidInputError ? error.fields : []
      const { id, secret } = (trouble === 'gone' ? null : identityIn(fields)) ?? issueReport(context)
      if (error instanceof OverloadedError) void reply.header('retry-after', error.retryAfterSeconds)
      sendPage(reply, status, reportFormPage({ ...page(locale), trouble, problems, fields, id, secret, traceId: request.trace.traceId }))
    },
  }, async (request, reply) => {
    if (!request.place) throw context.admission.overloaded()
    const { place } = request
    place.begin()
    try {
      const fields = (request.body ?? {}) as FormFields
      const { id, secret } = identityIn(fields) ?? issueReport(context)
      const { receipt } = await sending.oneByOne(id, () => take(context, place, request, fields, id, secret))
      const locale = localeOf(context.utility.locales, oneOf(fields, 'locale'), request.headers)
      return await reply.header('cache-control', 'no-store').redirect(`/${locale}/report/received?receipt=${receipt.receipt}`, 303)
    } finally {
      place.end()
    }
  })

  app.get<{ Params: { locale: string }; Querystring: { receipt?: string | string[] } }>('/:locale(^en$|^es$)/report/received', (request, reply) => {
    const locale = localeOf(context.utility.locales, request.params.locale, request.headers)
    const { receipt } = request.query
    const claims = typeof receipt === 'string' ? verifyReceipt(receipt, context.receipts.publicJwks) : null
    void reply.header('referrer-policy', 'no-referrer')
    return claims ? sendPage(reply, 200, receivedPage(claims, page(locale))) : sendPage(reply, 404, notReceiptPage(page(locale)))
  })
}

/** A second press of the same form is built with the first one's `savedAt`, so that equal answers are equal bytes. */
async function take(context: DoorContext, place: Place, request: FastifyRequest, fields: FormFields, id: string, secret: string) {
  const first = await context.log.find('outages', id)
  const before = first && reportedIn(first)
  const isOwn = before && sameHash(before.secretHash, hashSecret(secret))
  const savedAt = isOwn ? before.savedAt : new Date(context.clock.nowMs()).toISOString()
  const bytes = bodyFromForm(fields, id, savedAt, context.utility.timeZone)
  return takeReport(context, place, { bytes, secret, delivery: SAVED_BY_SERVER, traceparent: request.trace.traceparent })
}

/** Two presses at once are taken one after the other: the second finds the first. */
class SendingForms {
  readonly #last = new Map<string, Promise<unknown>>()

  async oneByOne<T>(id: string, work: () => Promise<T>): Promise<T> {
    const mine = (this.#last.get(id) ?? Promise.resolve()).then(work, work)
    this.#last.set(id, mine)
    try {
      return await mine
    } finally {
      if (this.#last.get(id) === mine) this.#last.delete(id)
    }
  }
}

/** Id and secret as the form was served; null when it holds placeholders or nothing that was issued. */
function identityIn(fields: FormFields): { id: string; secret: string } | null {
  const [id, secret] = [oneOf(fields, 'id'), oneOf(fields, 'secret')]
  return id !== undefined && isCommandId(id) && secret !== undefined && /^[A-Za-z0-9_-]{21}[AQgw]$/.test(secret) ? { id, secret } : null
}

function troubleOf(error: unknown): { status: number; trouble: FormTrouble } {
  if (error instanceof InvalidInputError) return { status: 422, trouble: 'fault' }
  if (error instanceof OverloadedError || error instanceof LogUnavailableError) return { status: 503, trouble: 'busy' }
  if (error instanceof IndeterminateError) return { status: 503, trouble: 'unknown' }
  if (error instanceof NotFoundError) return { status: 404, trouble: 'gone' }
  const { statusCode } = error as { statusCode?: number }
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? { status: statusCode, trouble: 'fault' } : { status: 500, trouble: 'wrong' }
}

function sendPage(reply: FastifyReply, status: number, { html, policy }: DoorPage): FastifyReply {
  return reply
    .code(status)
    .headers({ 'cache-control': 'no-store', 'content-security-policy': policy })
    .type('text/html; charset=utf-8')
    .send(html)
}
