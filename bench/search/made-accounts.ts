import type { Account } from '../../domain/account.ts'
import { withCheckDigit } from '../../bin/demo/demo-customers.ts'
import { drawn, makeWords } from './made-words.ts'
import { seededRandom } from '../../load/seeded-random.ts'

const STREET_TYPES = [...Array<string>(35).fill('St'), ...Array<string>(20).fill('Ave'), ...Array<string>(14).fill('Dr'), ...Array<string>(11).fill('Rd'), ...Array<string>(8).fill('Ln'), ...Array<string>(6).fill('Ct'), 'Blvd', 'Blvd', 'Way', 'Pl', 'Cir', 'Ter']
const AREA_CODES = [707, 415, 628, 510, 925, 650, 408, 669, 916, 530, 209, 831]
const MAIL = ['example.com', 'example.org', 'example.net', 'mail.example']
const TRADES = ['Bakery', 'Cleaners', 'Dental', 'Garage', 'Grocery', 'Hardware', 'Laundry', 'Market', 'Pharmacy', 'Properties LLC', 'Salon', 'Trust']
const SHARE = { unit: 0.26, direction: 0.14, couple: 0.2, business: 0.03, twoFamilies: 0.08, middle: 0.12, mail: 0.8 } as const

/** Made customers with names, streets and towns as often as in life; the same for the same seed. Numbers are scattered, as real ones are. */
export function* madeAccounts(count: number, seed = 7): Generator<Account> {
  const source = seededRandom(seed)
  const random = () => source.fraction()
  const { given, family, streets, towns } = makeWords(random)
  const townStreets = new Map<string, string[]>()
  for (let home = 0; home < count; home++) {
    const town = towns.draw(random)
    const known = townStreets.get(town) ?? Array.from({ length: 600 }, () => `${streets.draw(random)} ${drawn(random, STREET_TYPES)}`)
    townStreets.set(town, known)
    const direction = random() < SHARE.direction ? `${drawn(random, ['N', 'S', 'E', 'W'])} ` : ''
    const first = given.draw(random)
    const last = family.draw(random)
    const phones = Array.from({ length: random() < 0.55 ? 1 : random() < 0.75 ? 2 : 3 }, () => `+1${drawn(random, AREA_CODES)}${200 + Math.floor(random() * 800)}${digits(random, 4)}`)
    const unit = random() < SHARE.unit ? unitOf(random) : undefined
    yield {
      accountNumber: withCheckDigit(`4${String((home * 387_420_489 + 123_456_789) % 100_000_007).padStart(8, '0')}`),
      servicePoint: `SP${String(home + 1).padStart(8, '0')}`,
      meterNumber: `M${String((home * 48_611_489 + 20_000_003) % 99_999_989).padStart(8, '0')}`,
      circuit: `C${home % 900}`,
      transformer: `T${home % 90_000}`,
      language: random() < 0.15 ? 'es' : 'en',
      personal: {
        name: nameOf(random, first, last, { given: () => given.draw(random), family: () => family.draw(random) }),
        phones,
        ...(random() < SHARE.mail ? { email: `${mailboxOf(random, first, last)}@${drawn(random, MAIL)}` } : {}),
        address: {
          line1: `${houseNumber(random)} ${direction}${drawn(random, known)}`, ...(unit === undefined ? {} : { line2: unit }),
          city: town, state: 'CA', postalCode: String(90_000 + ((town.length * 7919 + town.charCodeAt(0) * 31 + town.charCodeAt(2) * 131) % 6_000) + Math.floor(random() * 12)),
        },
        medicalEquipment: false,
      },
    }
  }
}

function nameOf(random: () => number, first: string, last: string, draw: { given: () => string; family: () => string }): string {
  const kind = random()
  if (kind < SHARE.business) return `${last} ${drawn(random, TRADES)}`
  if (kind < SHARE.business + SHARE.couple) return `${first} and ${draw.given()} ${last}`
  if (kind < SHARE.business + SHARE.couple + SHARE.twoFamilies) return `${first} ${last} ${draw.family()}`
  if (kind < SHARE.business + SHARE.couple + SHARE.twoFamilies + SHARE.middle) return `${first} ${String.fromCharCode(65 + Math.floor(random() * 26))} ${last}`
  return `${first} ${last}`
}

function houseNumber(random: () => number): string {
  return String(Math.floor(10 ** (1 + random() * 3.2)))
}

function unitOf(random: () => number): string {
  const number = random() < 0.6 ? String(1 + Math.floor(random() * 40)) : `${100 + Math.floor(random() * 900)}`
  return `${drawn(random, ['Apt', 'Apt', 'Unit', '#'])} ${number}${random() < 0.2 ? drawn(random, ['A', 'B', 'C', 'D']) : ''}`
}

function mailboxOf(random: () => number, first: string, last: string): string {
  const plain = (name: string) => name.normalize('NFKD').replace(/[^A-Za-z]/g, '').toLowerCase()
  const [one, two] = [plain(first), plain(last)]
  const kind = random()
  const box = kind < 0.4 ? `${one}.${two}` : kind < 0.65 ? `${one[0]}${two}` : kind < 0.85 ? `${one}${two}` : `${two}_${one}`
  return `${box.slice(0, 40)}${random() < 0.7 ? digits(random, random() < 0.6 ? 2 : 4) : ''}`
}

function digits(random: () => number, length: number): string {
  return String(Math.floor(random() * 10 ** length)).padStart(length, '0')
}
