import type { Instrumentation } from 'next'

/** Once per web process, before it answers: settings are checked, traces and the admin port started. */
export async function register(): Promise<void> {
  if (process.env['NEXT_RUNTIME'] !== 'nodejs') return
  const { startWeb } = await import('./server/start-web.ts')
  await startWeb()
}

export const onRequestError: Instrumentation.onRequestError = async (error, request, context) => {
  if (process.env['NEXT_RUNTIME'] !== 'nodejs') return
  const { logWebFault } = await import('./server/start-web.ts')
  logWebFault(error, { method: request.method, path: request.path.split('?')[0]!, route: context.routePath, kind: context.routeType })
}
