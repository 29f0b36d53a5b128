import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Me, MyPremises, Profile } from '../../../domain/me.ts'
import { type Customer, type CustomerSessions, requireCustomer } from '../../../server/identity/customers/customer-sessions.ts'
import { MalformedBodyError } from '../../../server/outages/parse-frozen-body.ts'
import { ForbiddenError } from '../../../server/platform/errors.ts'
import { sendProblem, unsupportedMediaType } from '../problem.ts'

const BODY_BYTES = 4_096
const FILE_NAME = 'my-data.json'

export interface MeRoutes {
  customers: CustomerSessions
  /** Where the portal's own pages are: nobody else's may change anything. */
  publicUrl: string
  getMe(customer: Customer): Promise<Me>
  getMyPremises(customer: Customer): Promise<MyPremises>
  downloadOf(customer: Customer): Promise<object>
  changeProfile(customer: Customer, input: unknown): Promise<Profile>
  requestErasure(customer: Customer, input: unknown): Promise<void>
}

/** `/api/v1/me…`: a signed-in customer, by their cookie. */
export function me(app: FastifyInstance, context: MeRoutes): void {
  const signedIn = (request: FastifyRequest) => requireCustomer(context.customers, new Headers({ cookie: request.headers.cookie ?? '' }))

  app.get('/api/v1/me', async (request, reply) => answer(reply, await context.getMe(await signedIn(request))))
  app.get('/api/v1/me/premises', async (request, reply) => answer(reply, await context.getMyPremises(await signedIn(request))))
  app.get('/api/v1/me/data', async (request, reply) => {
    const everything = await context.downloadOf(await signedIn(request))
    return answer(reply.header('content-disposition', `attachment; filename="${FILE_NAME}"`), everything)
  })

  app.put('/api/v1/me/profile', { bodyLimit: BODY_BYTES }, async (request, reply) => {
    const customer = await signedIn(request)
    refuseOtherSites(request, context.publicUrl)
    if (!Buffer.isBuffer(request.body)) return sendProblem(reply, unsupportedMediaType(request.trace.traceId))
    return answer(reply, await context.changeProfile(customer, parseJson(request.body)))
  })
  app.post('/api/v1/me/erasure', { bodyLimit: BODY_BYTES }, async (request, reply) => {
    const customer = await signedIn(request)
    refuseOtherSites(request, context.publicUrl)
    if (!Buffer.isBuffer(request.body)) return sendProblem(reply, unsupportedMediaType(request.trace.traceId))
    await context.requestErasure(customer, parseJson(request.body))
    return answer(reply.code(202), { erasure: 'requested' })
  })
}

/** A browser names the page that asks, and no page can make it name another. */
function refuseOtherSites({ headers }: FastifyRequest, publicUrl: string): void {
  if (headers.origin !== new URL(publicUrl).origin) throw new ForbiddenError('Only a page of this site may ask for this')
}

function answer(reply: FastifyReply, body: object): FastifyReply {
  return reply.headers({ 'content-type': 'application/json', 'cache-control': 'no-store', vary: 'cookie' }).send(Buffer.from(JSON.stringify(body)))
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    throw new MalformedBodyError([{ field: '', rule: 'json', fix: 'Send one JSON object (RFC 8259)' }])
  }
}
