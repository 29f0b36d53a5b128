import { LOCALES, type Locale } from '../../../domain/outage-report.ts'
import type { Utility } from '../../../domain/utility.ts'
import { doorPage, doorText, phoneLines, type DoorPage } from './door-page.ts'
import { html } from './html.ts'

/** Shown when the web process is dead: in both languages, the visitor's first, with the way to report all the same. */
export function backSoonPage(utility: Utility, locale: Locale, styleSheets: readonly string[], publicUrl: string): DoorPage {
  const sections = [locale, ...LOCALES.filter((other) => other !== locale)].map((language, index) => {
    const text = doorText(language)
    const title = text('backSoonTitle')
    return html`<section lang="${language}">
${index === 0 ? html`<h1>${title}</h1>` : html`<h2>${title}</h2>`}
<p>${text('backSoonText')}</p>
<p><a class="door-button" href="/${language}/report">${text('reportOutage')}</a></p>
${phoneLines(utility, text)}
</section>`
  })
  return doorPage({ utility, locale, title: doorText(locale)('backSoonTitle'), body: html`${sections}`, styleSheets, publicUrl })
}
