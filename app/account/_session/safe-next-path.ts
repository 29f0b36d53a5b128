import type { Locale } from '../../../domain/report-choices.ts'
import { utility } from '../../../utility.config.ts'

const BELOW_LANGUAGE = ['account', 'report', 'reports']
const WITHOUT_LANGUAGE = ['/account/security', '/account/household', '/account/add', '/account/invitation']
const NEXT_CHARS = 200

/**
 * Where a person goes after signing in: the page that was asked for when it is one of ours that a customer has,
 * else the account. Never another origin, and never with a query or a hash that somebody else has written.
 * @param asked `next` of an address or a form: anything
 */
export function safeNextPath(asked: unknown, locale: Locale): string {
  const account = `/${locale}/account`
  if (typeof asked !== 'string' || asked.length > NEXT_CHARS) return account
  return allowed().find((path) => path === asked) ?? account
}

function allowed(): string[] {
  return [...utility.locales.flatMap((locale) => BELOW_LANGUAGE.map((page) => `/${locale}/${page}`)), ...WITHOUT_LANGUAGE]
}
