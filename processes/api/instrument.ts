import type { FastifyInstance } from 'fastify'

/** Spans of the framework, when traces are sent anywhere at all. */
export async function instrument(app: FastifyInstance): Promise<void> {
  if (!process.env['OTEL_EXPORTER_OTLP_ENDPOINT']) return
  const { FastifyOtelInstrumentation } = await import('@fastify/otel')
  // By itself it tells the address as it was asked for: phones and account numbers stand in it.
  const instrumentation = new FastifyOtelInstrumentation({ requestHook: (span, { routeOptions }) => void span.setAttribute('url.path', routeOptions.url ?? '/') })
  await app.register(instrumentation.plugin())
}
