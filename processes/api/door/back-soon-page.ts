import type { Locale } from '../../../domain/outage-report.ts'
import type { Utility } from '../../../domain/utility.ts'
import { commonText, doorPage, doorText, phoneLines, type DoorPage } from './door-page.ts'
import { html } from './html.ts'

/** Shown when the web process is dead: in every language of the utility, the visitor's first, with the way to report all the same. */
export function backSoonPage(utility: Utility, locale: Locale, styleSheets: readonly string[], publicUrl: string): DoorPage {
  const sections = [locale, ...utility.locales.filter((other) => other !== locale)].map((language, index) => {
    const text = doorText(language)
    const title = text('backSoonTitle')
    return html`<section lang="${language}">
${index === 0 ? html`<h1>${title}</h1>` : html`<h2>${title}</h2>`}
<p>${text('backSoonText')}</p>
<p><a class="door-button" href="/${language}/report">${commonText(language)('reportOutage')}</a></p>
${phoneLines(utility, language)}
</section>`
  })
  return doorPage({ utility, locale, title: doorText(locale)('backSoonTitle'), body: html`${sections}`, styleSheets, publicUrl })
}
