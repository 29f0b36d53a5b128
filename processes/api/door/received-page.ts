import type { Locale } from '../../../domain/outage-report.ts'
import type { ReceiptClaims } from '../../../domain/receipt.ts'
import type { Utility } from '../../../domain/utility.ts'
import { commonText, doorPage, doorText, phoneLines, reportText, type DoorPage } from './door-page.ts'
import { html } from './html.ts'

interface Options {
  utility: Utility
  locale: Locale
  styleSheets: readonly string[]
  publicUrl: string
}

/** What the plain form ends with. All of it comes from the signed receipt in the address, so that it survives a reload and a dead log. */
export function receivedPage(claims: ReceiptClaims, options: Options): DoorPage {
  const { utility, locale } = options
  const text = doorText(locale)
  const time = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone: utility.timeZone }).format(new Date(claims.acceptedAt))
  const body = html`<h1>${text('receivedTitle')}</h1>
<p>${text('receivedReference')}</p>
<p class="door-reference">${claims.reference}</p>
<p>${reportText(locale)('receivedAt', { time })}</p>
<p>${text('receivedKeep')}</p>
<h2>${text('receivedNextTitle')}</h2>
<p>${text('receivedNext')}</p>
<p>${text('receivedHazard')}</p>
${phoneLines(utility, locale)}
<p><a href="/${locale}/report">${text('newReport')}</a></p>`
  return doorPage({ ...options, title: text('receivedTitle'), body })
}

/** For an address whose receipt this utility has not signed. */
export function notReceiptPage(options: Options): DoorPage {
  const text = doorText(options.locale)
  const body = html`<h1>${text('notReceiptTitle')}</h1>
<p>${text('notReceiptText')}</p>
<p><a class="door-button" href="/${options.locale}/report">${commonText(options.locale)('reportOutage')}</a></p>
${phoneLines(options.utility, options.locale)}`
  return doorPage({ ...options, title: text('notReceiptTitle'), body })
}

/** The form was sent before with other answers: the first report stands. */
export function conflictPage(options: Options): DoorPage {
  const text = doorText(options.locale)
  const body = html`<div class="door-notice" role="alert"><h1>${text('conflictTitle')}</h1><p>${text('conflictSummary')}</p></div>
<p><a class="door-button" href="/${options.locale}/report">${text('newReport')}</a></p>
${phoneLines(options.utility, options.locale)}`
  return doorPage({ ...options, title: text('conflictTitle'), body })
}
