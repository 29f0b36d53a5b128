import type { FastifyInstance } from 'fastify'

/** Spans of the framework, when traces are sent anywhere at all. */
export async function instrument(app: FastifyInstance): Promise<void> {
  if (!process.env['OTEL_EXPORTER_OTLP_ENDPOINT']) return
  const { FastifyOtelInstrumentation } = await import('@fastify/otel')
  await app.register(new FastifyOtelInstrumentation().plugin())
}
