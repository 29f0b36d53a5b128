import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { AccountHistory } from './account-history.ts'
import { sendProblem } from './core-problem.ts'
import { coreSimModeSchema } from './core-sim-mode.ts'
import type { DeliveryBook, HeldDelivery } from './delivery-book.ts'
import type { Troubles } from './troubles.ts'

const MOST_DELIVERIES = 10_000

const deliveriesQuery = z.object({
  after: z.string().regex(/^\d{0,15}$/).default('').transform(Number),
  limit: z.coerce.number().int().min(1).max(MOST_DELIVERIES).default(1_000),
})

interface Parts {
  history: AccountHistory
  deliveries: DeliveryBook
  troubles: Troubles
}

/** For tests and training, beside what a core system has: it answers in every mode. */
export function registerControlRoutes(server: FastifyInstance, { history, deliveries, troubles }: Parts): void {
  const standing = () => ({ ...troubles.mode, counts: { accounts: history.state().accounts, ...deliveries.counts() } })

  server.get('/control', standing)

  server.post('/control', (request, reply) => {
    const mode = coreSimModeSchema.safeParse(request.body)
    if (!mode.success) return sendProblem(reply, 400, 'No such mode', { detail: z.prettifyError(mode.error) })
    troubles.mode = mode.data
    return reply.send(standing())
  })

  /** Makes earlier snapshots and cursors gone, as a core system does that keeps them for some days. */
  server.post('/control/forget', (_request, reply) => {
    history.forget()
    return reply.send(standing())
  })

  server.get('/control/deliveries', (request, reply) => {
    const query = deliveriesQuery.safeParse(request.query)
    if (!query.success) return sendProblem(reply, 400, `limit takes 1 to ${MOST_DELIVERIES}, after what an answer called next`)
    const { after, limit } = query.data
    const held = deliveries.heldAfter(after, limit)
    return reply.send({ deliveries: held.map(listed), next: held.length === limit ? String(held.at(-1)?.place) : null })
  })
}

function listed({ body, ...held }: HeldDelivery) {
  return { ...held, hazards: (JSON.parse(Buffer.from(body).toString('utf8')) as { hazards?: string[] }).hazards ?? [] }
}
