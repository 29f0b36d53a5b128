import type { Account } from '../../domain/account.ts'
import { utility } from '../../utility.config.ts'
import { demoPerson } from './people.ts'
import { seededRandom } from './seeded-random.ts'
import { streetGrid } from './street-grid.ts'

/** Real area codes around the demo's service area, so that the numbers pass for phone numbers. */
const AREA_CODES = [
  707, 415, 628, 510, 925, 650, 408, 669, 916, 530, 209, 831, 559, 661, 805, 818, 323, 213, 310, 424,
  562, 626, 714, 657, 949, 951, 909, 760, 442, 619, 858, 503, 971, 541, 458, 206, 253, 360, 425, 509,
] as const
/** 555 is the exchange of fiction; others follow only when its numbers are used up. */
const FIRST_EXCHANGE = 555
const LINES = 10_000
const PHONES_AT_MOST = 3

const FIRST_ACCOUNT = 410_000_001
const SPANISH_SHARE = 0.2
const MEDICAL_SHARE = 0.02

/**
 * Made-up customers of the demo utility, as an import would have parsed them: the same for the same count and seed,
 * one at a time, in constant memory. Every account number, phone, meter, service point and address with unit is its own.
 */
export function* demoCustomers({ count, seed = 1 }: { count: number; seed?: number }): Generator<Account> {
  const premiseOf = streetGrid(utility.serviceArea, count, seed)
  for (let home = 0; home < count; home++) {
    const random = seededRandom(seed, 3, home)
    const { line1, line2, city, postalCode, circuit, transformer, latitude, longitude } = premiseOf(home)
    const language = random() < SPANISH_SHARE ? 'es' : 'en'
    const { name, email } = demoPerson(random, language, home + 1)
    const household = random()
    const phones = household < 0.55 ? 1 : household < 0.88 ? 2 : PHONES_AT_MOST
    yield {
      accountNumber: withCheckDigit(String(FIRST_ACCOUNT + home)),
      servicePoint: `SP${String(home + 1).padStart(8, '0')}`,
      meterNumber: `M${20_000_000 + home + 1}`,
      circuit,
      transformer,
      language,
      personal: {
        name,
        phones: Array.from({ length: phones }, (_, index) => demoPhone(home * PHONES_AT_MOST + index)),
        ...(email === undefined ? {} : { email }),
        address: { line1, ...(line2 === undefined ? {} : { line2 }), city, state: 'CA', postalCode },
        latitude,
        longitude,
        medicalEquipment: random() < MEDICAL_SHARE,
      },
    }
  }
}

/** A different number for every serial, E.164; neighbours do not have neighbouring numbers. */
function demoPhone(serial: number): string {
  const block = Math.floor(serial / LINES)
  const exchange = FIRST_EXCHANGE + Math.floor(block / AREA_CODES.length)
  const line = ((serial % LINES) * 7919 + 100) % LINES
  return `+1${AREA_CODES[block % AREA_CODES.length]}${exchange}${String(line).padStart(4, '0')}`
}

/** Appends the Luhn check digit (ISO/IEC 7812-1, annex B): a mistyped digit is seen before any look-up. */
export function withCheckDigit(digits: string): string {
  let sum = 0
  for (const [index, character] of Array.from(digits).reverse().entries()) {
    const value = Number(character) * (index % 2 === 0 ? 2 : 1)
    sum += value > 9 ? value - 9 : value
  }
  return digits + String((10 - (sum % 10)) % 10)
}
