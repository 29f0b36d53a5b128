import Fastify, { type FastifyInstance } from 'fastify'
import { NO_PAGE_POLICY, securityHeaders } from '../../../server/platform/security-headers.ts'
import { traceOf } from '../../../server/platform/trace-context.ts'
import { notFoundProblem, problemFor, sendProblem } from '../problem.ts'
import { openApi } from '../open-api.ts'
import { Admission, type AdmissionFigures, type TicketOutcome } from './admission.ts'
import type { DoorContext } from './context.ts'
import { admissionLimit, capacityEstimate, sendSlots, slotHorizon } from './door-metrics.ts'
import { health } from './health.ts'
import { jwks } from './jwks.ts'
import { DOOR_LIMITS, type DoorLimits } from './limits.ts'
import { LoopDelay } from './loop-delay.ts'
import { outageFollowUps } from './outage-follow-ups.ts'
import { outageReport } from './outage-report.ts'
import { outageReports } from './outage-reports.ts'
import { languageRedirects } from './pages.ts'
import { plainForm } from './plain-form.ts'
import { proxyToWeb } from './proxy-to-web.ts'
import { refuseMalformed } from './refuse-malformed.ts'
import { slotForRefused } from './send-slots-headers.ts'
import { loadSite, type SiteFolders } from './site.ts'

export interface DoorOptions extends Omit<DoorContext, 'admission' | 'limits'> {
  /** For tickets of send slots, the same on every node: see slotKeyOf. */
  slotKey: Uint8Array
  /** How many doors the utility has, this one included; 1 by default. */
  doors?: number
  /** The web processes; the first one that answers is asked. */
  webUrls: readonly string[]
  /** Built files; read once, now. */
  folders: SiteFolders
  /** Addresses of proxies whose X-Forwarded-* is believed; none by default. */
  trustedProxies?: readonly string[]
  limits?: Partial<DoorLimits>
  /** Further routes of `/api/v1`, with the same body parser and problem mapper. */
  alsoServe?: (api: FastifyInstance) => void
  /** Run before any route exists: tracing of the framework. */
  instrument?: (app: FastifyInstance) => Promise<void>
}

/** The door as a Fastify server, not yet listening. It needs the log to take reports and nothing to serve its pages. */
export async function createDoor(options: DoorOptions): Promise<FastifyInstance> {
  const limits: DoorLimits = { ...DOOR_LIMITS, ...options.limits }
  const loopDelay = new LoopDelay()
  const { clock, random, slotKey, utility, doors = 1 } = options
  // Of the storm and of what takes it alike: phones spread their return by the same ratio whichever door they ask.
  const storm = { expectedStormReports: utility.outages.expectedStormReports / doors, stormReportsPerSecond: utility.outages.stormReportsPerSecond / doors }
  const admission = new Admission({ bounds: limits, loopDelay, clock, random, slotKey, storm, onTicket: countTicket, onFigures: showFigures })
  const context: DoorContext = { ...options, limits, admission }
  const site = await loadSite(options.folders, options.publicUrl)
  const common = securityHeaders(options.publicUrl)
  const app = Fastify({
    logger: false,
    trustProxy: options.trustedProxies?.length ? [...options.trustedProxies] : false,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    clientErrorHandler: refuseMalformed,
    frameworkErrors: (error, _request, reply) => void sendProblem(reply.headers(common), problemFor(error, traceOf(undefined).traceId)),
    routerOptions: { maxParamLength: 100 },
    http: { headersTimeout: limits.headersTimeoutMs, connectionsCheckingInterval: limits.connectionsCheckMs },
  })
  app.server.maxConnections = limits.maxConnections
  app.addHook('onClose', () => loopDelay.stop())
  app.decorateRequest('trace', null as never)
  app.decorateRequest('place', null)
  if (options.instrument) await options.instrument(app)

  const commonHeaders = Object.entries(common)
  app.addHook('onRequest', (request, reply, done) => {
    const { traceparent } = request.headers
    request.trace = traceOf(typeof traceparent === 'string' ? traceparent : undefined)
    reply.raw.setHeader('traceparent', request.trace.traceparent)
    for (const [name, value] of commonHeaders) reply.raw.setHeader(name, value)
    done()
  })
  app.setErrorHandler((error, request, reply) => {
    const problem = problemFor(error, request.trace.traceId)
    const line = { traceId: problem.traceId, status: problem.status, type: problem.type, route: request.routeOptions.url }
    if (problem.status === 500) context.logger.error({ ...line, err: error }, 'a request failed')
    else context.logger.debug(line, 'refused')
    slotForRefused(error, problem, request, reply, context)
    return sendProblem(reply, problem)
  })

  await app.register((api, _options, done) => {
    apiRoutes(api, context, options)
    done()
  })
  await app.register((forms) => plainForm(forms, context, site))
  languageRedirects(app, context, site)
  await app.register((pages) => proxyToWeb(pages, context, site, options.webUrls))
  return app
}

function countTicket(outcome: TicketOutcome): void {
  sendSlots.inc({ outcome })
}

function showFigures({ limit, capacityPerSecond, horizonMs }: AdmissionFigures): void {
  admissionLimit.set(limit)
  capacityEstimate.set(capacityPerSecond)
  slotHorizon.set(horizonMs / 1000)
}

function apiRoutes(api: FastifyInstance, context: DoorContext, options: DoorOptions): void {
  api.removeAllContentTypeParsers()
  api.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  api.addHook('onRequest', (_request, reply, done) => {
    reply.raw.setHeader('content-security-policy', NO_PAGE_POLICY)
    reply.raw.setHeader('cache-control', 'no-store')
    done()
  })
  outageReports(api, context)
  outageReport(api, context)
  outageFollowUps(api, context)
  jwks(api, context)
  health(api)
  const document = JSON.stringify(openApi(options.publicUrl))
  api.get('/api/v1/openapi.json', (_request, reply) => reply.header('content-type', 'application/json').send(document))
  options.alsoServe?.(api)
  api.all('/api/v1/*', (request, reply) => sendProblem(reply, notFoundProblem(request.trace.traceId)))
}
