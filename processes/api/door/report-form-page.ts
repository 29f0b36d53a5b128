import { ANSWERS, HAZARDS, type Locale, SCOPES, SINCE } from '../../../domain/outage-report.ts'
import type { FieldProblem } from '../../../domain/problem.ts'
import { REPORT_LIMITS as limits } from '../../../domain/report-limits.ts'
import type { Utility } from '../../../domain/utility.ts'
import { doorPage, doorText, phoneLines, reportText, type DoorPage, type ReportText } from './door-page.ts'
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
  const ask = reportText(locale)
  const title = text(`${trouble}Title`)
  const faulty = new Set(problems.map(formFieldOf))
  const form = { ask, fields, faulty, unreadable: text('faultText') }
  const answers = ANSWERS.map((answer): [string, string] => [answer, ask(`answer.${answer}`)])
  const body = html`<div class="door-notice" role="alert"><h1>${title}</h1><p>${text(`${trouble}Summary`, { code: traceId })}</p></div>
${listOf(fields, 'hazards').length > 0 ? html`<div class="door-notice"><p>${text('receivedHazard')}</p>${phoneLines(utility, locale)}</div>` : null}
<form method="post" action="/report">
<input type="hidden" name="id" value="${id}"><input type="hidden" name="secret" value="${secret}"><input type="hidden" name="locale" value="${locale}">
${['latitude', 'longitude', 'accuracyMeters'].map((name) => html`<input type="hidden" name="${name}" value="${oneOf(fields, name) ?? ''}">`)}
${choices(form, 'checkbox', 'hazards', ask('hazardsQuestion'), HAZARDS.map((hazard) => [hazard, ask(`hazard.${hazard}`)]))}
${choices(form, 'radio', 'scope', ask('scopeQuestion'), SCOPES.map((scope) => [scope, ask(`scope.${scope}`)]), ask('errorScope'))}
<fieldset><legend>${ask('whereQuestion')}</legend><p>${ask('whereHint')}</p>${fault(faulty.has('place'), 'place', text('faultWhere'))}
${textField(form, 'address', limits.addressChars)}${textField(form, 'phone', limits.phoneChars, 'tel')}${textField(form, 'accountNumber', limits.accountNumberChars)}</fieldset>
${choices(form, 'radio', 'since', ask('sinceQuestion'), SINCE.map((since) => [since, ask(`since.${since}`)]))}
${textField(form, 'sinceAt', 25, 'datetime-local')}
<h2>${ask('details')}</h2>
${choices(form, 'checkbox', 'medicalEquipment', ask('medicalQuestion'), [['yes', ask('medicalEquipment')]])}
${choices(form, 'radio', 'heardBang', ask('bangQuestion'), answers)}${choices(form, 'radio', 'neighborsOut', ask('neighborsQuestion'), answers)}
${textField(form, 'accessNotes', limits.accessNotesChars)}${textField(form, 'callbackPhone', limits.phoneChars, 'tel')}
<button class="door-button" type="submit">${ask('submit')}</button>
</form>
${phoneLines(utility, locale)}`
  return doorPage({ utility, locale, title, body, styleSheets: options.styleSheets, publicUrl: options.publicUrl })
}

interface Form {
  ask: ReportText
  fields: FormFields
  faulty: ReadonlySet<string>
  unreadable: string
}
type TextFieldName = 'accountNumber' | 'phone' | 'address' | 'sinceAt' | 'accessNotes' | 'callbackPhone'
type ChoiceName = 'hazards' | 'scope' | 'since' | 'medicalEquipment' | 'heardBang' | 'neighborsOut'

function choices(form: Form, type: 'radio' | 'checkbox', name: ChoiceName, question: string, options: [string, string][], faultText?: string): Html {
  const isFaulty = form.faulty.has(name)
  return html`<fieldset><legend>${question}</legend>${fault(isFaulty, name, faultText ?? form.unreadable)}
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
  return html`<div class="door-field"><label for="${name}">${form.ask(name)}</label>${fault(isFaulty, name, form.unreadable)}
<input id="${name}" name="${name}" type="${type}" maxlength="${maxChars}" value="${oneOf(form.fields, name) ?? ''}"${described}></div>`
}

function fault(isFaulty: boolean, name: string, said: string): Html | null {
  return isFaulty ? html`<strong class="door-fault" id="fault-${name}">${said}</strong>` : null
}
