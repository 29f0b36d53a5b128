import type { Account } from '../../domain/account.ts'

/** A fifth each by number, phone, meter, email and address; who has no email is asked for by number. */
export function lookUpPath({ accountNumber, meterNumber, personal }: Account, turn: number): string {
  const { phones, email, address } = personal
  const facts = [{}, { phone: phones[0] }, { meter: meterNumber }, { email }, { address: [address.line1, address.line2].filter(Boolean).join(' ') }]
  const fact = Object.entries(facts[turn % facts.length]!).find((entry): entry is [string, string] => entry[1] !== undefined)
  return `/api/v1/accounts${fact ? `?${new URLSearchParams([fact]).toString()}` : `/${accountNumber}`}`
}
