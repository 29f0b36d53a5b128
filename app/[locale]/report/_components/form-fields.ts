import type { Draft } from '../../../../worker/outbox/report-record.ts'

export type Fields = Draft['fields']

/** Identity and language are not the customer's words: a draft leaves them out. */
const NOT_TYPED = new Set(['id', 'secret', 'locale'])

/** What stands in the form: a text per field, a list for the checkboxes of one name. Empty fields are absent. */
export function readFields(form: HTMLFormElement): Fields {
  const fields: Record<string, string | string[]> = {}
  for (const [name, value] of new FormData(form)) {
    if (typeof value !== 'string' || value === '' || NOT_TYPED.has(name)) continue
    if (name === 'hazards') fields[name] = [fields[name] ?? [], value].flat()
    else fields[name] = value
  }
  return fields
}

/** The choice of a place that is none of the customer's own. */
export const ANOTHER_PLACE = 'other'
const WAYS_TO_SAY_WHERE = ['address', 'phone', 'accountNumber', 'latitude']

/** Words from a form that offered no places of the customer's own: what they say of where is another place. */
export function withPlaceChosen(fields: Fields): Fields {
  const saysWhere = WAYS_TO_SAY_WHERE.some((name) => fields[name] !== undefined)
  return saysWhere ? { premise: ANOTHER_PLACE, ...fields } : fields
}

/** Puts a draft back into the form. What the form has and the draft has not is left as it is. */
export function restoreFields(form: HTMLFormElement, fields: Fields): void {
  for (const element of form.elements) {
    if (!(element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement)) continue
    const kept = fields[element.name]
    if (kept === undefined) continue
    if (element instanceof HTMLInputElement && (element.type === 'radio' || element.type === 'checkbox')) element.checked = [kept].flat().includes(element.value)
    else if (typeof kept === 'string') element.value = kept
  }
}

export function textOf(fields: Fields, name: string): string | undefined {
  const value = fields[name]
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}
