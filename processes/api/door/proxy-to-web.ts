import type { IncomingHttpHeaders } from 'node:http'
import httpProxy, { type FastifyHttpProxyOptions } from '@fastify/http-proxy'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { policyOfPage } from '../../../server/platform/content-security-policy.ts'
import { sendProblem } from '../problem.ts'
import { backSoonPage } from './back-soon-page.ts'
import { connectToWeb } from './connect-to-web.ts'
import type { DoorContext } from './context.ts'
import { proxyFailures } from './door-metrics.ts'
import { localeOf } from './locale-of.ts'
import { serveFromSite } from './pages.ts'
import type { Site } from './site.ts'

const WEB_HEADERS_TIMEOUT_MS = 30_000
const WEB_CONNECTIONS = 128
/** What stays open as long as somebody watches, each on a connection of its own; the web process lets only staff in. */
const STREAMS = { path: '/desk/stream', connections: 4_096 }
const BACK_SOON_RETRY_SECONDS = 15
/** Reading twice is harmless: a page that was asked of a web process as it died is asked of another. */
const ASK_AGAIN_METHODS = new Set(['GET', 'HEAD'])
const ASK_AGAIN_AFTER_MS = 20

/** Everything without a route of its own: from memory when the site has it, else streamed from a web process, the first one that answers. */
export async function proxyToWeb(app: FastifyInstance, context: DoorContext, site: Site, webUrls: readonly string[]): Promise<void> {
  app.removeAllContentTypeParsers()
  await app.register(httpProxy, { ...proxyOptions(context, site, webUrls, WEB_CONNECTIONS), prefix: '/', routes: ['/*'] })
  // Of the connections for pages they would leave none.
  await app.register(httpProxy, { ...proxyOptions(context, site, webUrls, STREAMS.connections), prefix: STREAMS.path, rewritePrefix: STREAMS.path, routes: ['/'], httpMethods: ['GET'] })
}

function proxyOptions(context: DoorContext, site: Site, webUrls: readonly string[], connections: number): FastifyHttpProxyOptions {
  const bare = policyOfPage('', context.publicUrl)
  return {
    upstream: webUrls[0] ?? '',
    disableRequestLogging: true,
    undici: { connections, headersTimeout: WEB_HEADERS_TIMEOUT_MS, bodyTimeout: 0, connect: connectToWeb(webUrls, context.clock) },
    // oxlint-disable-next-line typescript/no-misused-promises -- Fastify awaits an async hook; the plugin's type does not say so
    preHandler: async (request, reply) => {
      if (await serveFromSite(site, context, request, reply)) return reply
    },
    replyOptions: {
      retryDelay: ({ err, req, attempt }) => (cutOff(err) && attempt === 0 && ASK_AGAIN_METHODS.has(req.method) ? ASK_AGAIN_AFTER_MS : null),
      rewriteRequestHeaders: (request, headers) => ({ ...headers, ...forwardedHeaders(request as FastifyRequest) }),
      rewriteHeaders: ({ connection: _connection, 'keep-alive': _keepAlive, ...headers }) => (isBarePage(headers) ? { ...headers, 'content-security-policy': bare } : headers),
      onError: (reply, { error }) => {
        context.logger.warn({ traceId: reply.request.trace.traceId, code: errorCode(error) }, 'the web process did not answer')
        sendWebIsDown(reply as FastifyReply, context, site)
      },
    },
  }
}

/** What a person or a program gets when the web process is dead. Reports are taken all the same, and the page says so. */
function sendWebIsDown(reply: FastifyReply, { utility, publicUrl }: DoorContext, site: Site): void {
  proxyFailures.inc()
  const { request } = reply
  if (!request.headers.accept?.includes('text/html')) {
    sendProblem(reply, {
      type: 'urn:stormdoor:problem:web-down',
      title: 'This part of the portal is down just now',
      status: 503,
      detail: 'Outage reports are taken at /api/v1/outage-reports all the same.',
      traceId: request.trace.traceId,
      retryAfterSeconds: BACK_SOON_RETRY_SECONDS,
    })
    return
  }
  const { html, policy } = backSoonPage(utility, localeOf(utility.locales, undefined, request.headers), site.styleSheets, publicUrl)
  void reply
    .code(503)
    .headers({ 'retry-after': String(BACK_SOON_RETRY_SECONDS), 'cache-control': 'no-store', 'content-security-policy': policy })
    .type('text/html; charset=utf-8')
    .send(html)
}

/** Next answers some addresses, such as those of files that are not there, before it asks proxy.ts for a policy. */
function isBarePage(headers: IncomingHttpHeaders): boolean {
  return Boolean(headers['content-type']?.startsWith('text/html')) && headers['content-security-policy'] === undefined
}

/** Who asks, as the web process must see it; what the client itself has claimed is replaced, unless a trusted proxy said it. */
function forwardedHeaders(request: FastifyRequest): Record<string, string> {
  return {
    'x-forwarded-for': request.ips?.join(', ') ?? request.ip,
    'x-forwarded-host': request.host,
    'x-forwarded-proto': request.protocol,
    traceparent: request.trace.traceparent,
  }
}

/** The connection was there and broke before an answer; not one that could not be made. */
function cutOff(error: Error | null): boolean {
  return error !== null && ['UND_ERR_SOCKET', 'ECONNRESET'].includes(errorCode(error))
}

function errorCode(error: Error): string {
  const { cause } = error as { cause?: { code?: string } }
  return cause?.code ?? (error as { code?: string }).code ?? error.name
}
