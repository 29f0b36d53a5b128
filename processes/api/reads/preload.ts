import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isCommandId } from '../../../domain/uuid.ts'
import type { Random } from '../../../domain/clock.ts'
import { preloadSchema, type PreloadRun } from '../../../domain/preload.ts'
import { preloadAccounts, type PreloadContext } from '../../../server/accounts/sync/preload-accounts.ts'
import { findRun, requestFullLoad } from '../../../server/accounts/sync/request-full-load.ts'
import { requireService, type ServiceScope, type ServiceToken } from '../../../server/identity/service-token.ts'
import { MalformedBodyError } from '../../../server/outages/parse-frozen-body.ts'
import { InvalidInputError, NotFoundError, NotSignedInError } from '../../../server/platform/errors.ts'
import type { EventLog } from '../../../server/platform/event-log/event-log.ts'
import { fieldProblems } from '../../../server/platform/field-problems.ts'
import { sendProblem, unsupportedMediaType } from '../problem.ts'

const BODY_BYTES = 65_536

export interface PreloadRoutes extends PreloadContext {
  log: Pick<EventLog, 'append' | 'find'>
  random: Random
  tokens: readonly ServiceToken[]
}

/** `POST /api/v1/preload` and `GET /api/v1/preload/{runId}`: programs bring accounts into the cache, some or all, and ask how a run goes. */
export function preload(app: FastifyInstance, context: PreloadRoutes): void {
  app.post('/api/v1/preload', { bodyLimit: BODY_BYTES }, async (request, reply) => {
    const { name } = authorize(context, request, reply, 'preload')
    if (!Buffer.isBuffer(request.body)) return sendProblem(reply, unsupportedMediaType(request.trace.traceId))
    const parsed = preloadSchema.safeParse(parseJson(request.body))
    if (!parsed.success) throw new InvalidInputError(fieldProblems(parsed.error))
    if ('accountNumbers' in parsed.data) return sendJson(reply, 200, await preloadAccounts(context, parsed.data.accountNumbers))
    const { log, clock, random } = context
    const { acceptDifference = false } = parsed.data
    // Whoever may ask for a load may not for that reason wave one through.
    if (acceptDifference) authorize(context, request, reply, 'accept-difference')
    const runId = await requestFullLoad({ log, clock, random, by: name, acceptDifference })
    return sendJson(reply.header('location', `/api/v1/preload/${runId}`), 202, { runId })
  })

  app.get<{ Params: { runId: string } }>('/api/v1/preload/:runId', async (request, reply) => {
    authorize(context, request, reply, 'preload')
    const runId = request.params.runId.toLowerCase()
    const run = isCommandId(runId) ? await findRun(context.log, runId) : null
    if (run === null) throw new NotFoundError('No such run')
    if (run === 'under-way') return sendJson(reply, 200, { runId, state: 'under-way' } satisfies PreloadRun)
    const { cursor: _cursor, etag: _etag, kind: _kind, ...told } = run
    return sendJson(reply, 200, { ...told, state: 'ended' } satisfies PreloadRun)
  })
}

function authorize({ tokens }: PreloadRoutes, request: FastifyRequest, reply: FastifyReply, scope: ServiceScope): { name: string } {
  try {
    return requireService(tokens, request.headers.authorization, scope)
  } catch (error) {
    // RFC 6750, 3.
    if (error instanceof NotSignedInError) void reply.header('www-authenticate', 'Bearer')
    throw error
  }
}

function sendJson(reply: FastifyReply, status: number, answer: object): FastifyReply {
  return reply.code(status).headers({ 'content-type': 'application/json', 'cache-control': 'no-store' }).send(JSON.stringify(answer))
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    throw new MalformedBodyError([{ field: '', rule: 'json', fix: 'Send one JSON object (RFC 8259)' }])
  }
}
