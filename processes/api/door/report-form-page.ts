import { HAZARDS, type Locale, SCOPES } from '../../../domain/outage-report.ts'
import type { FieldProblem } from '../../../domain/problem.ts'
import { REPORT_LIMITS as limits } from '../../../domain/report-limits.ts'
import type { Utility } from '../../../domain/utility.ts'
import { doorPage, doorText, phoneLines, type DoorPage, type DoorText } from './door-page.ts'
import { html, type Html } from './html.ts'
import { formFieldOf, type FormFields, listOf, oneOf } from './report-from-form.ts'

export type FormTrouble = 'fault' | 'busy' | 'unknown' | 'wrong' | 'gone'

/** The form again, with what was typed, what is the matter, and each fault beside its field. No script, no session. */
export function reportFormPage(options: {
  utility: Utility
  locale: Locale
  trouble: FormTrouble
  problems: readonly FieldProblem[]
  fields: FormFields
  id: string
  secret: string
  traceId: string
  styleSheets: readonly string[]
  publicUrl: string
}): DoorPage {
  const { utility, locale, trouble, problems, fields, id, secret, traceId } = options
  const text = doorText(locale)
  const title = text(`${trouble}Title`)
  const faulty = new Set(problems.map(formFieldOf))
  const form = { text, fields, faulty }
  const body = html`<div class="door-notice" role="alert"><h1>${title}</h1><p>${text(`${trouble}Summary`, { code: traceId })}</p></div>
${listOf(fields, 'hazards').length > 0 ? html`<div class="door-notice"><p>${text('receivedHazard')}</p>${phoneLines(utility, text)}</div>` : null}
<form method="post" action="/report">
<input type="hidden" name="id" value="${id}"><input type="hidden" name="secret" value="${secret}"><input type="hidden" name="locale" value="${locale}">
${['latitude', 'longitude', 'accuracyMeters'].map((name) => html`<input type="hidden" name="${name}" value="${oneOf(fields, name) ?? ''}">`)}
${choices(form, 'checkbox', 'hazards', HAZARDS.map((hazard) => [hazard, text(`hazard-${hazard}`)]))}
${choices(form, 'radio', 'scope', SCOPES.map((scope) => [scope, text(`scope-${scope}`)]), text('faultScope'))}
<fieldset><legend>${text('where')}</legend>${fault(faulty.has('place'), 'place', text('faultWhere'))}
${textField(form, 'accountNumber', limits.accountNumberChars)}${textField(form, 'phone', limits.phoneChars, 'tel')}${textField(form, 'address', limits.addressChars)}</fieldset>
${choices(form, 'radio', 'since', (['now', 'hour', 'earlier', 'unknown'] as const).map((since) => [since, text(`since-${since}`)]))}
${textField(form, 'sinceAt', 25, 'datetime-local')}
<h2>${text('more')}</h2>
${choices(form, 'radio', 'heardBang', answers(text))}${choices(form, 'radio', 'neighborsOut', answers(text))}
${choice(form, 'checkbox', 'medicalEquipment', 'yes', text('medicalEquipment'))}
${textField(form, 'accessNotes', limits.accessNotesChars)}${textField(form, 'callbackPhone', limits.phoneChars, 'tel')}
<button class="door-button" type="submit">${text('send')}</button>
</form>
${phoneLines(utility, text)}`
  return doorPage({ utility, locale, title, body, styleSheets: options.styleSheets, publicUrl: options.publicUrl })
}

interface Form {
  text: DoorText
  fields: FormFields
  faulty: ReadonlySet<string>
}
type TextFieldName = 'accountNumber' | 'phone' | 'address' | 'sinceAt' | 'accessNotes' | 'callbackPhone'
type ChoiceName = 'hazards' | 'scope' | 'since' | 'heardBang' | 'neighborsOut'

function answers(text: DoorText): [string, string][] {
  return (['yes', 'no', 'unknown'] as const).map((answer) => [answer, text(answer)])
}

function choices(form: Form, type: 'radio' | 'checkbox', name: ChoiceName, options: [string, string][], faultText?: string): Html {
  const isFaulty = form.faulty.has(name)
  return html`<fieldset><legend>${form.text(name)}</legend>${fault(isFaulty, name, faultText ?? form.text('faultText'))}
${options.map(([value, label]) => choice(form, type, name, value, label))}</fieldset>`
}

function choice(form: Form, type: 'radio' | 'checkbox', name: string, value: string, label: string): Html {
  const checked = listOf(form.fields, name).includes(value) ? html` checked` : null
  const described = form.faulty.has(name) ? html` aria-describedby="fault-${name}"` : null
  return html`<label class="door-choice"><input type="${type}" name="${name}" value="${value}"${checked}${described}> ${label}</label>`
}

function textField(form: Form, name: TextFieldName, maxChars: number, type: 'text' | 'tel' | 'datetime-local' = 'text'): Html {
  const isFaulty = form.faulty.has(name)
  const described = isFaulty ? html` aria-invalid="true" aria-describedby="fault-${name}"` : null
  return html`<div class="door-field"><label for="${name}">${form.text(name)}</label>${fault(isFaulty, name, form.text('faultText'))}
<input id="${name}" name="${name}" type="${type}" maxlength="${maxChars}" value="${oneOf(form.fields, name) ?? ''}"${described}></div>`
}

function fault(isFaulty: boolean, name: string, said: string): Html | null {
  return isFaulty ? html`<strong class="door-fault" id="fault-${name}">${said}</strong>` : null
}
