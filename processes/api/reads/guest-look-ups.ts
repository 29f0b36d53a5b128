import type { FastifyInstance } from 'fastify'
import { guestLookUp, type GuestLookUpContext } from '../../../server/outages/guest-look-up.ts'
import { MalformedBodyError } from '../../../server/outages/parse-frozen-body.ts'
import { sourcePrefix } from '../../../server/platform/source-prefix.ts'
import { sendProblem, unsupportedMediaType } from '../problem.ts'

const BODY_BYTES = 2_048

/** `POST /api/v1/guest-look-ups`: have neighbors reported? */
export function guestLookUps(app: FastifyInstance, context: GuestLookUpContext): void {
  app.post('/api/v1/guest-look-ups', { bodyLimit: BODY_BYTES }, async (request, reply) => {
    if (!Buffer.isBuffer(request.body)) return sendProblem(reply, unsupportedMediaType(request.trace.traceId))
    const nearby = await guestLookUp(context, parseJson(request.body), sourcePrefix(request.ip))
    return reply.header('content-type', 'application/json').send(JSON.stringify(nearby))
  })
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    throw new MalformedBodyError([{ field: '', rule: 'json', fix: 'Send one JSON object (RFC 8259)' }])
  }
}
