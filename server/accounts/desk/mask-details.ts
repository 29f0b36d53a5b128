import type { Account } from '../../../domain/account.ts'

/** What an agent sees of how to reach a customer before they say why they need it: enough to recognise it when it is read out. */
export interface MaskedDetails {
  phones: string[]
  email: string | null
  /** Street without its number, and that there is a unit. */
  street: string
  /** Postal code, city and state, as they are. */
  town: string
}

const HIDDEN = '•••'

export function maskDetails({ phones, email, address }: Account['personal']): MaskedDetails {
  const { line1, line2, city, state, postalCode } = address
  return {
    phones: phones.map((phone) => `${HIDDEN} ${phone.slice(-2)}`),
    email: email === undefined ? null : maskEmail(email),
    street: [line1.replace(/\d+/g, HIDDEN), line2 === undefined ? null : HIDDEN].filter(Boolean).join(', '),
    town: [city, state, postalCode].filter(Boolean).join(', '),
  }
}

/** `a•••@•••.com`: the first letter and where the domain ends. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf('@')
  const end = email.lastIndexOf('.')
  return `${email.slice(0, 1)}${HIDDEN}@${HIDDEN}${end > at ? email.slice(end) : ''}`
}
