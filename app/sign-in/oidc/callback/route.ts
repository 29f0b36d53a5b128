import { redirect } from 'next/navigation'
import { signInWithProvider } from '../../../../server/identity/oidc/sign-in-with-provider.ts'
import { ForbiddenError, NotSignedInError, StormdoorError } from '../../../../server/platform/errors.ts'
import { traceOf } from '../../../../server/platform/trace-context.ts'
import { webServices } from '../../../../server/web-services.ts'
import { setCookies } from '../../../_shell/set-cookies.ts'

/** Back from the utility's OpenID provider. */
export async function GET(request: Request): Promise<Response> {
  const { staff, audit, logger } = webServices()
  const { provider } = staff
  if (!provider) return new Response(null, { status: 404 })
  let to = '/desk'
  try {
    const input = { query: new URL(request.url).searchParams, headers: request.headers }
    await setCookies(await signInWithProvider({ ...(await staff.administration()), provider, audit }, input))
  } catch (error) {
    const { traceId } = traceOf(request.headers.get('traceparent') ?? undefined)
    if (!(error instanceof StormdoorError)) logger.error({ err: error, traceId }, 'the sign-in with the provider failed')
    else logger.info({ reason: error.message, traceId }, 'the provider signed nobody in')
    to = error instanceof ForbiddenError ? '/sign-in/no-role' : error instanceof NotSignedInError ? '/sign-in?provider=refused' : '/sign-in?provider=away'
  }
  redirect(to)
}
