import { cookies, headers } from 'next/headers'

/**
 * The request's headers for whoever asks a session of them. A page that is made again in the answer of a form has the cookies
 * that the form's action has just set: the headers alone still hold those that were sent, of a session that may be over.
 */
export async function requestHeaders(): Promise<Headers> {
  // First: it tells the build that these pages are made per request, before any setting is asked for.
  const sent = new Headers(await headers())
  const jar = await cookies()
  sent.set('cookie', jar.getAll().map(({ name, value }) => `${name}=${encodeURIComponent(value)}`).join('; '))
  return sent
}
