import { z } from 'zod'
import { InvalidInputError } from '../../platform/errors.ts'

const credentialSchema = z.looseObject({ id: z.string().min(1).max(1_024), type: z.literal('public-key') })

/** What a browser made of a passkey; the library checks the rest of it. Throws InvalidInputError (/credential, rule `passkey`). */
export function credentialOf(shown: unknown): z.infer<typeof credentialSchema> {
  const parsed = credentialSchema.safeParse(shown)
  if (!parsed.success) throw unusablePasskey()
  return parsed.data
}

export function unusablePasskey(): InvalidInputError {
  return new InvalidInputError([{ field: '/credential', rule: 'passkey', fix: 'Begin again: the passkey could not be checked' }])
}

/** The library looks at the rest of a request for a router that it is not. */
export function cookiesOf(headers: Headers): Headers {
  return new Headers({ cookie: headers.get('cookie') ?? '', 'user-agent': headers.get('user-agent')?.slice(0, 400) ?? '' })
}
