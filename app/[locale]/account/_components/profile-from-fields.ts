import type { Profile, ProfileChange } from '../../../../domain/me.ts'
import { LOCALES } from '../../../../domain/report-choices.ts'

/** What the form offers; a channel that it does not is left as it was. */
const OFFERED = ['sms', 'email'] as const

/** What a customer wants of how they are reached, or the fields (as JSON Pointers) that say only half. @param base what the form was filled with */
export function profileFromFields(fields: FormData, base: Profile): Omit<ProfileChange, 'changeId' | 'basedOn'> | { wrong: string[] } {
  const text = (name: string): string | undefined => {
    const value = fields.get(name)
    return (typeof value === 'string' && value.trim()) || undefined
  }
  const [from, until, phone, email] = [text('quietFrom'), text('quietUntil'), text('phone'), text('email')]
  if ((from === undefined) !== (until === undefined)) return { wrong: ['/quietHours'] }
  const wanted = new Set(fields.getAll('channels'))
  const others = base.channels.filter((channel) => !OFFERED.some((offered) => offered === channel))
  return {
    language: LOCALES.find((locale) => locale === text('language')) ?? base.language,
    channels: [...OFFERED.filter((channel) => wanted.has(channel)), ...others],
    quietHours: from === undefined || until === undefined ? null : { from, until },
    ...(base.name === undefined ? {} : { name: base.name }),
    ...(phone === undefined ? {} : { phone }),
    ...(email === undefined ? {} : { email }),
  }
}
