import type { FastifyInstance } from 'fastify'
import type { DoorContext } from './context.ts'
import { tellTimes } from './send-slots-headers.ts'

const MAX_AGE_SECONDS = 3_600

/** `GET /.well-known/jwks.json`: every public key that a receipt may be signed with. */
export function jwks(app: FastifyInstance, context: DoorContext): void {
  const body = JSON.stringify(context.receipts.publicJwks)
  app.get('/.well-known/jwks.json', (_request, reply) => {
    tellTimes(reply.raw, context)
    return reply.headers({ 'content-type': 'application/jwk-set+json', 'cache-control': `public, max-age=${MAX_AGE_SECONDS}` }).send(body)
  })
}
