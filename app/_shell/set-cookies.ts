import { cookies } from 'next/headers'
import type { SessionCookie } from '../../server/identity/session-cookie.ts'

/** Sets what a verb of identity asks for; in a server action or a route. */
export async function setCookies(wanted: readonly SessionCookie[]): Promise<void> {
  const jar = await cookies()
  for (const { name, value, options } of wanted) jar.set(name, value, options)
}
