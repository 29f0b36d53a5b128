const DIGIT_ZERO = 0x30
const OTHER = 11
export const RECORD_BUCKETS = 131_071
const BUCKET_FACTOR = 65_599

/**
 * An account key in half a byte per digit: a look-up entry holds little else. Orders as bytes as the key does as text,
 * for keys of digits and letters.
 */
export function packAccountKey(accountKey: string): Buffer {
  const digits = packDigits(accountKey)
  if (digits) return digits
  const text = Buffer.from(accountKey)
  const packed = Buffer.alloc(Math.ceil((text.length * 3) / 2))
  let halves = 0
  const push = (half: number): void => {
    packed[halves >> 1]! |= halves % 2 === 0 ? half << 4 : half
    halves++
  }
  for (const byte of text) {
    const digit = byte - DIGIT_ZERO
    if (digit >= 0 && digit <= 9) push(digit + 1)
    else {
      push(OTHER)
      push(byte >> 4)
      push(byte & 15)
    }
  }
  return packed.subarray(0, (halves + 1) >> 1)
}

/** The same for digits alone, which most keys are; null for others. */
function packDigits(accountKey: string): Buffer | null {
  const packed = Buffer.allocUnsafe((accountKey.length + 1) >> 1)
  for (let index = 0; index < accountKey.length; index++) {
    const digit = accountKey.charCodeAt(index) - DIGIT_ZERO
    if (digit < 0 || digit > 9) return null
    if (index % 2 === 0) packed[index >> 1] = (digit + 1) << 4
    else packed[index >> 1]! |= digit + 1
  }
  return packed
}

export function unpackAccountKey(packed: Uint8Array): string {
  const text: number[] = []
  const half = (index: number): number => (packed[index >> 1]! >> (index % 2 === 0 ? 4 : 0)) & 15
  for (let index = 0; index < packed.length * 2; index++) {
    const value = half(index)
    // Fills the last byte.
    if (value === 0) break
    if (value === OTHER) text.push((half(++index) << 4) | half(++index))
    else text.push(value - 1 + DIGIT_ZERO)
  }
  return Buffer.from(text).toString()
}

/** The bucket that LUA_RECORDS_KEY names. */
export function recordBucket(packedKey: Uint8Array): number {
  let bucket = 0
  for (let index = 0; index < packedKey.length; index++) bucket = (bucket * BUCKET_FACTOR + packedKey[index]!) % RECORD_BUCKETS
  return bucket
}

/** Lua: where a record stands: `accounts:{generation}:r:{bucket}`, a hash of packed key → record. */
export const LUA_RECORDS_KEY = `local function recordsKey(generation, key)
  local bucket = 0
  for index = 1, #key do bucket = (bucket * ${BUCKET_FACTOR} + string.byte(key, index)) % ${RECORD_BUCKETS} end
  return 'accounts:' .. generation .. ':r:' .. bucket
end`

