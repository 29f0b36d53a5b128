import type { Account } from '../../domain/account.ts'
import { drawn } from './made-words.ts'
import { misspelled } from './misspelled.ts'

export const QUERY_KINDS = ['name-house', 'name-street', 'full-name', 'address', 'phone', 'phone-tail', 'account-number', 'meter', 'email'] as const
type QueryKind = (typeof QUERY_KINDS)[number]

/** What somebody types who has one account in mind. */
export interface MadeQuery {
  accountNumber: string
  kind: QueryKind
  /** What they meant to type, as far as they got. */
  intended: string
  typed: string
  typos: number
}

const SHARES: Record<QueryKind, number> = { 'name-house': 22, 'name-street': 20, 'full-name': 14, address: 12, phone: 12, 'phone-tail': 6, 'account-number': 6, meter: 3, email: 5 }
const MOST_CHARS = 20
/** How often one, two typos: words are heard and spelled, numbers are read aloud digit by digit. */
const TYPOS = { words: [0.29, 0.09], numbers: [0.1, 0.01] } as const
/** A typo needs so many characters around it to be one. */
const CHARS_PER_TYPO = 3
const WHILE_TYPING = 0.5

/** A query for an account as an agent would type it: the whole of it or, half the time, as far as the first letters of it. */
export function madeQuery(account: Account, random: () => number): MadeQuery {
  const drawnKind = kindOf(random)
  const ofKind = textOf(drawnKind, account, random)
  const kind = ofKind === null ? 'name-house' : drawnKind
  const text = ofKind ?? textOf(kind, account, random)!
  const whole = text.toLowerCase().slice(0, MOST_CHARS).trimEnd()
  const first = whole.search(/[\p{L}\p{N}]/u) + 1
  const intended = random() < WHILE_TYPING ? whole : whole.slice(0, first + Math.floor(random() * (whole.length - first + 1))).trimEnd()
  const [one, two] = /^[\d\s()+-]+$/.test(intended) || kind === 'email' ? TYPOS.numbers : TYPOS.words
  const point = random()
  const typos = Math.min(point < two ? 2 : point < one + two ? 1 : 0, Math.floor(intended.length / CHARS_PER_TYPO))
  let typed = intended
  for (let typo = 0; typo < typos; typo++) typed = misspelled(typed, random)
  return { accountNumber: account.accountNumber, kind, intended, typed: typed.slice(0, MOST_CHARS), typos }
}

function kindOf(random: () => number): QueryKind {
  let point = random() * Object.values(SHARES).reduce((sum, share) => sum + share, 0)
  return QUERY_KINDS.find((kind) => (point -= SHARES[kind]) < 0) ?? 'name-house'
}

/** Null when the account has nothing of this kind. */
function textOf(kind: QueryKind, { accountNumber, meterNumber, personal }: Account, random: () => number): string | null {
  const { name, phones, email, address } = personal
  const names = name.split(' ').filter((word) => word !== 'and' && word.length > 1)
  const [first = name, last = name] = [names[0], names.at(-1)]
  const who = random() < 0.5 ? last : `${first} ${last}`
  const [house = '', ...street] = address.line1.split(' ')
  const streetName = street.slice(0, -1).filter((word) => word.length > 1).join(' ')
  const phone = drawn(random, phones).slice(-10)
  switch (kind) {
    case 'name-house':
      return `${who} ${house}`
    case 'name-street':
      return random() < 0.5 ? `${who} ${house} ${streetName}` : `${who} ${streetName}`
    case 'full-name':
      return random() < 0.7 ? `${first} ${last}` : `${last}, ${first}`
    case 'address':
      return `${address.line1}${address.line2 === undefined || random() < 0.5 ? '' : ` ${address.line2}`}`
    case 'phone':
      return random() < 0.6 ? phone : `(${phone.slice(0, 3)}) ${phone.slice(3, 6)}-${phone.slice(6)}`
    case 'phone-tail':
      return random() < 0.5 ? phone.slice(3) : `${phone.slice(3, 6)}-${phone.slice(6)}`
    case 'account-number':
      return accountNumber
    case 'meter':
      return random() < 0.5 ? meterNumber : meterNumber.replace(/\D/g, '')
    case 'email':
      return email ?? null
  }
}
