/**
 * OpenTelemetry traces: off unless OTEL_EXPORTER_OTLP_ENDPOINT is set. Loaded only then,
 * so that a process without it pays nothing. Call before the libraries to be traced are imported.
 * @returns a function that flushes and stops
 */
export async function startTelemetry(serviceName: string): Promise<() => Promise<void>> {
  if (!process.env['OTEL_EXPORTER_OTLP_ENDPOINT']) return () => Promise.resolve()
  const [{ NodeSDK }, { OTLPTraceExporter }] = await Promise.all([
    import('@opentelemetry/sdk-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
  ])
  const sdk = new NodeSDK({ serviceName: `stormdoor-${serviceName}`, traceExporter: new OTLPTraceExporter() })
  sdk.start()
  return () => sdk.shutdown()
}
