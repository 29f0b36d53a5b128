const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** x^5 + x^2 + 1, a primitive polynomial: α = 2 generates every non-zero element of GF(32). */
const POLYNOMIAL = 0b100101

/**
 * The reference that is read aloud over the phone: `7K3F-92QD-XH`.
 * Nine Crockford characters (45 bits) of the SHA-256 of the report's id and a check character.
 * It opens nothing; the secret does.
 * @param idHash SHA-256 of the id's ASCII text, 32 bytes
 */
export function referenceOf(idHash: Uint8Array): string {
  let bits = 0n
  for (const byte of idHash.subarray(0, 6)) bits = (bits << 8n) | BigInt(byte)
  bits >>= 3n
  const digits: number[] = []
  for (let index = 8; index >= 0; index--) digits.push(Number((bits >> BigInt(index * 5)) & 31n))
  const text = [...digits, checkDigit(digits)].map((digit) => CROCKFORD[digit]).join('')
  return `${text.slice(0, 4)}-${text.slice(4, 8)}-${text.slice(8)}`
}

/**
 * What a person typed or heard, as a reference; null when it cannot be one.
 * Forgives case, spaces, dashes, and O for 0, I or L for 1. The check character
 * catches every single wrong character and every swap of two.
 */
export function parseReference(text: string): string | null {
  const plain = text.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1')
  if (plain.length !== 10) return null
  const digits = Array.from(plain, (character) => CROCKFORD.indexOf(character))
  if (digits.includes(-1) || checkDigit(digits.slice(0, 9)) !== digits[9]) return null
  return `${plain.slice(0, 4)}-${plain.slice(4, 8)}-${plain.slice(8)}`
}

/** Sum of digit·α^position over GF(32): different weights everywhere, so swaps are seen too. */
function checkDigit(digits: readonly number[]): number {
  let sum = 0
  for (const digit of digits) sum = timesAlpha(sum ^ digit)
  return sum
}

function timesAlpha(value: number): number {
  const doubled = value << 1
  return doubled & 32 ? doubled ^ POLYNOMIAL : doubled
}
