import type { Locale } from '../../../domain/report-choices.ts'
import { getProfile } from '../../profile/get-profile.ts'
import type { CustomerAuth } from './customer-auth.ts'

/** The language that a login has chosen; else the one given. */
export async function messageLocale({ sources, utility }: Pick<CustomerAuth, 'sources' | 'utility'>, loginId: string, otherwise: Locale = utility.locales[0] ?? 'en'): Promise<Locale> {
  const profile = await getProfile(sources, loginId).catch(() => null)
  return profile?.value.version ? profile.value.language : otherwise
}
