import type { FastifyInstance, FastifyReply } from 'fastify'
import type { z } from 'zod'
import type { Clock } from '../../domain/clock.ts'
import { coreFollowUpSchema, corePaymentSchema, coreReportSchema } from '../../server/core-system/core-delivery.ts'
import { sendProblem } from './core-problem.ts'
import type { Delivery, DeliveryBook } from './delivery-book.ts'
import type { Troubles } from './troubles.ts'

interface Parts {
  deliveries: DeliveryBook
  troubles: Troubles
  clock: Clock
}

/** Takes reports, follow-ups and payments: each id once, whatever is sent again. */
export function registerDeliveryRoutes(core: FastifyInstance, { deliveries, troubles, clock }: Parts): void {
  // The bytes are what counts: the same id comes again with the same ones.
  core.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

  core.put<{ Params: { id: string }; Body: Buffer }>('/outage-reports/:id', ({ params: { id }, body }, reply) => {
    const problem = problemOf(coreReportSchema, body, ({ reportId }) => reportId === id)
    return take(reply, { id, kind: 'report', reportId: id, body }, problem)
  })

  core.put<{ Params: { reportId: string; id: string }; Body: Buffer }>('/outage-reports/:reportId/follow-ups/:id', ({ params: { reportId, id }, body }, reply) => {
    const problem = deliveries.find(reportId)?.kind === 'report'
      ? problemOf(coreFollowUpSchema, body, (followUp) => followUp.followUpId === id && followUp.reportId === reportId)
      : 'There is no report of that id'
    return take(reply, { id, kind: 'follow-up', reportId, body }, problem)
  })

  core.put<{ Params: { id: string }; Body: Buffer }>('/payments/:id', ({ params: { id }, body }, reply) => {
    const problem = problemOf(corePaymentSchema, body, ({ paymentId }) => paymentId === id)
    return take(reply, { id, kind: 'payment', reportId: null, body }, problem)
  })

  function take(reply: FastifyReply, delivery: Delivery, problem: string | null): FastifyReply {
    if (problem !== null) return sendProblem(reply, 422, 'This cannot be taken', { detail: problem })
    if (troubles.refuses(delivery.id)) return sendProblem(reply, 422, 'This is refused', { detail: 'The stand-in was told to refuse it' })
    const taking = deliveries.take(delivery, new Date(clock.nowMs()).toISOString())
    if (taking.outcome === 'conflict') return sendProblem(reply, 409, 'Another body stands under this id')
    if (troubles.staysSilent(taking.held.times)) return reply.hijack()
    return reply.code(taking.outcome === 'new' ? 201 : 200).send({ reference: taking.held.reference })
  }
}

/** Null when the body is as it must be. */
function problemOf<T>(schema: z.ZodType<T>, body: unknown, named: (parsed: T) => boolean): string | null {
  try {
    const parsed = schema.safeParse(JSON.parse(Buffer.isBuffer(body) ? body.toString('utf8') : ''))
    if (!parsed.success) return parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
    return named(parsed.data) ? null : 'The ids of address and body are not the same'
  } catch {
    return 'The body is no JSON'
  }
}
