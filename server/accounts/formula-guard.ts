const RISKY = /^'*[=+\-@\t\r]/
const GUARDED = /^'+[=+\-@\t\r]/
/** Signed numbers and phone numbers begin with + or - and can do no harm in a spreadsheet. */
const HARMLESS = /^[+-][\d\s().;+-]*$/

/**
 * A cell that a spreadsheet shows as text instead of running it: `=1+1` becomes `'=1+1`.
 * `unguardCell` takes exactly that apostrophe off again, so that a round trip changes nothing.
 * https://owasp.org/www-community/attacks/CSV_Injection
 */
export function guardCell(text: string): string {
  return RISKY.test(text) && !HARMLESS.test(text) ? `'${text}` : text
}

export function unguardCell(text: string): string {
  return GUARDED.test(text) ? text.slice(1) : text
}
