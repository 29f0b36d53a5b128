import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { uuidV7 } from '../../../domain/uuid.ts'
import { REPORT_LIMITS } from '../../../domain/report-limits.ts'
import type { DoorContext } from './context.ts'
import { localeOf } from './locale-of.ts'
import { ReportPage } from './report-page.ts'
import type { Site } from './site.ts'

const LANGUAGE_VARIES = 'accept-language, cookie'

/** `/`, `/report`, `/reports` and `/account` lead to the visitor's language. */
export function languageRedirects(app: FastifyInstance, { utility }: DoorContext, site: Site): void {
  const lead = (rest: string) => (request: FastifyRequest<{ Querystring: { lang?: string | string[] } }>, reply: FastifyReply) => {
    const asked = request.query.lang
    const locale = localeOf(utility.locales, typeof asked === 'string' ? asked : undefined, request.headers)
    return reply.header('vary', LANGUAGE_VARIES).header('cache-control', 'no-store').redirect(`/${locale}${rest}`, 307)
  }
  for (const page of ['/report', '/reports', '/account']) app.get(page, lead(page))
  if (utility.locales.some((locale) => site.pages.has(`/${locale}`))) app.get('/', lead(''))
}

/** An id and a secret for one plain form, made at each serving. */
export function issueReport({ clock, random }: Pick<DoorContext, 'clock' | 'random'>): { id: string; secret: string } {
  return { id: uuidV7(clock, random), secret: Buffer.from(random.bytes(REPORT_LIMITS.secretBytes)).toString('base64url') }
}

/** Serves a GET from memory; false when this site has nothing there, or the client asks Next for more than a file. */
export async function serveFromSite(site: Site, context: DoorContext, request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false
  const path = pathOf(request.raw.url ?? '/')
  const file = site.files.get(path)
  if (file) {
    await file.serve(request, reply)
    return true
  }
  const page = request.headers['rsc'] === undefined ? site.pages.get(path) : undefined
  if (!page) return false
  await (page instanceof ReportPage ? page.serve(request, reply, () => issueReport(context)) : page.serve(request, reply))
  return true
}

function pathOf(url: string): string {
  const path = url.split('?', 1)[0]!
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
