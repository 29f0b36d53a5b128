import type { FastifyReply } from 'fastify'

interface Detail {
  detail?: string
  retryAfterSeconds?: number
}

/** Answers with RFC 9457 problem details. */
export function sendProblem(reply: FastifyReply, status: number, title: string, { detail, retryAfterSeconds }: Detail = {}): FastifyReply {
  if (retryAfterSeconds !== undefined) void reply.header('retry-after', String(Math.max(1, retryAfterSeconds)))
  return reply.code(status).header('content-type', 'application/problem+json').send(JSON.stringify({ type: 'about:blank', title, status, detail }))
}
