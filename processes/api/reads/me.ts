import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Me, MyPremises, Profile } from '../../../domain/me.ts'
import type { Act, AuditTrail } from '../../../server/audit/record-acts.ts'
import { type Customer, type CustomerSessions, requireCustomer } from '../../../server/identity/customers/customer-sessions.ts'
import { requireSameOrigin } from '../../../server/identity/customers/require-same-origin.ts'
import { MalformedBodyError } from '../../../server/outages/parse-frozen-body.ts'
import { SignInAgainError } from '../../../server/platform/errors.ts'
import { sendProblem, unsupportedMediaType } from '../problem.ts'

const BODY_BYTES = 4_096
const FILE_NAME = 'my-data.json'
const SIGN_IN_AGAIN = '/account/sign-in?told=again'

export interface MeRoutes {
  /** That somebody took all of their data away, or changed how they are reached, is kept; not what it was. */
  acts: Pick<AuditTrail, 'take'>
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
  const signedIn = (request: FastifyRequest) => requireCustomer(context.customers, headersOf(request))
  /** For what changes something: only a page of the portal may ask for it. */
  const signedInHere = async (request: FastifyRequest) => {
    const customer = await signedIn(request)
    requireSameOrigin(headersOf(request), context.publicUrl)
    return customer
  }

  app.get('/api/v1/me', async (request, reply) => answer(reply, await context.getMe(await signedIn(request))))
  app.get('/api/v1/me/premises', async (request, reply) => answer(reply, await context.getMyPremises(await signedIn(request))))
  app.get('/api/v1/me/data', async (request, reply) => {
    const customer = await signedIn(request)
    const everything = await context.downloadOf(customer).catch((error: unknown) => {
      if (error instanceof SignInAgainError && (request.headers.accept ?? '').includes('text/html')) return null
      throw error
    })
    // A link was pressed: the browser goes where it is said why, and how to go on.
    if (everything === null) return reply.header('cache-control', 'no-store').redirect(SIGN_IN_AGAIN, 303)
    context.acts.take(actOf(customer, 'login.data-downloaded'))
    return answer(reply.header('content-disposition', `attachment; filename="${FILE_NAME}"`), everything)
  })

  app.put('/api/v1/me/profile', { bodyLimit: BODY_BYTES }, async (request, reply) => {
    const customer = await signedInHere(request)
    if (!Buffer.isBuffer(request.body)) return sendProblem(reply, unsupportedMediaType(request.trace.traceId))
    const profile = await context.changeProfile(customer, parseJson(request.body))
    context.acts.take(actOf(customer, 'login.profile-changed'))
    return answer(reply, profile)
  })
  app.post('/api/v1/me/erasure', { bodyLimit: BODY_BYTES }, async (request, reply) => {
    const customer = await signedInHere(request)
    if (!Buffer.isBuffer(request.body)) return sendProblem(reply, unsupportedMediaType(request.trace.traceId))
    await context.requestErasure(customer, parseJson(request.body))
    context.acts.take(actOf(customer, 'login.erasure-requested'))
    return answer(reply.code(202), { erasure: 'requested' })
  })
}

/** Those that say who asks, and from which page. */
function headersOf({ headers }: FastifyRequest): Headers {
  const names = ['cookie', 'origin', 'sec-fetch-site'] as const
  return new Headers(names.flatMap((name): [string, string][] => (headers[name] === undefined ? [] : [[name, headers[name]]])))
}

function actOf({ loginId }: Customer, act: string): Act {
  return { actor: { kind: 'customer', id: loginId }, act, subject: { kind: 'login', id: loginId } }
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
