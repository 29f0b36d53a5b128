import { readFileSync } from 'node:fs'
import type { Locale } from '../../../domain/outage-report.ts'
import { brandStyleSheet } from '../../../domain/brand-style-sheet.ts'
import { translator, type Translate } from '../../../domain/text.ts'
import type { Utility } from '../../../domain/utility.ts'
import en from '../../../messages/en.json' with { type: 'json' }
import es from '../../../messages/es.json' with { type: 'json' }
import { policyOfPage } from '../../../server/platform/content-security-policy.ts'
import { Html, html } from './html.ts'

type DoorText = Translate<typeof en.door>
export type ReportText = Translate<typeof en.report>
type CommonText = Translate<typeof en.common>

/** In the page itself, allowed by its hash: it must look right when nothing else can be fetched. */
const STYLE = readFileSync(new URL('door-page.css', import.meta.url), 'utf8').trim()

export interface DoorPage {
  html: string
  policy: string
}

const texts: Record<Locale, { door: DoorText; report: ReportText; common: CommonText }> = {
  en: { door: translator(en.door, 'en'), report: translator(en.report, 'en'), common: translator(en.common, 'en') },
  es: { door: translator(es.door, 'es'), report: translator(es.report, 'es'), common: translator(es.common, 'es') },
}

export function doorText(locale: Locale): DoorText {
  return texts[locale].door
}

/** The words of the report page. */
export function reportText(locale: Locale): ReportText {
  return texts[locale].report
}

/** The words of every page. */
export function commonText(locale: Locale): CommonText {
  return texts[locale].common
}

/**
 * A page that the door writes itself, without scripts. It takes the site's colours and typeface from the
 * style sheets of the prerendered pages when there are any, and is readable without.
 */
export function doorPage(options: {
  utility: Utility
  locale: Locale
  title: string
  body: Html
  styleSheets: readonly string[]
  publicUrl: string
}): DoorPage {
  const { utility, locale, title, body, styleSheets, publicUrl } = options
  const links = styleSheets.map((href) => html`<link rel="stylesheet" href="${href}">`)
  const page = html`<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} – ${utility.name}</title>
${links}
<style>${new Html(brandStyleSheet(utility.brand) + STYLE)}</style>
</head>
<body class="door">
<header class="door-header"><a href="/${locale}">${utility.name}</a></header>
<main class="door-main">
${body}
</main>
</body>
</html>
`.text
  return { html: page, policy: policyOfPage(page, publicUrl) }
}

/** The numbers to call, always the same three. */
export function phoneLines(utility: Utility, locale: Locale): Html {
  const text = commonText(locale)
  const line = (label: string, { dial, shown }: { dial: string; shown: string }) => html`<li><a href="tel:${dial}">${label}: ${shown}</a></li>`
  return html`<ul class="door-phones">${[
    line(text('emergency'), utility.emergency),
    line(text('gasEmergency'), utility.gasEmergency),
    line(text('outageLine'), utility.outageLine),
  ]}</ul>`
}
