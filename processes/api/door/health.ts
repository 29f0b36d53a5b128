import type { FastifyInstance } from 'fastify'

/** `GET /api/v1/health`: this process answers. Whether the log does is told by `/readyz` of the admin port. */
export function health(app: FastifyInstance): void {
  app.get('/api/v1/health', (_request, reply) => reply.headers({ 'content-type': 'application/json', 'cache-control': 'no-store' }).send('{"status":"ok"}'))
}
