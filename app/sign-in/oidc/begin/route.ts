import { redirect } from 'next/navigation'
import { ReadsUnavailableError } from '../../../../server/platform/errors.ts'
import { webServices } from '../../../../server/web-services.ts'
import { setCookies } from '../../../_shell/set-cookies.ts'

/** Off to the utility's OpenID provider. A page's form could not lead there: the policy lets forms go to this portal alone. */
export async function GET(request: Request): Promise<Response> {
  const { provider } = webServices().staff
  if (!provider) return new Response(null, { status: 404 })
  const begun = await provider.begin(request.headers).catch((error: unknown) => {
    if (error instanceof ReadsUnavailableError) redirect('/sign-in?provider=away')
    throw error
  })
  await setCookies(begun.cookies)
  redirect(begun.url)
}
