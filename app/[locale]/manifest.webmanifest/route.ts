import type { Locale } from '../../../domain/report-choices.ts'
import { utility } from '../../../utility.config.ts'
import { manifestIn } from '../../manifest.ts'

export const dynamic = 'force-static'
export const dynamicParams = false

export function generateStaticParams(): { locale: Locale }[] {
  return utility.locales.map((locale) => ({ locale }))
}

/** Made at build: a file that the door serves by itself. */
export async function GET(_request: Request, { params }: { params: Promise<{ locale: string }> }): Promise<Response> {
  return Response.json(manifestIn((await params).locale as Locale), { headers: { 'content-type': 'application/manifest+json' } })
}
