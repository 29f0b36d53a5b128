/** Polynomial of Redis' CRC-64 ("Jones"), bits reversed: high and low half. */
const POLYNOMIAL: readonly [high: number, low: number] = [0x95ac9329, 0xac4bc9b5]
/** Bytes taken at once, each by a table of its own. */
const LANES = 8

const highs = new Uint32Array(LANES * 256)
const lows = new Uint32Array(LANES * 256)
for (let byte = 0; byte < 256; byte++) {
  let [high, low] = [0, byte]
  for (let bit = 0; bit < 8; bit++) {
    const odd = low & 1
    low = (low >>> 1) | ((high & 1) << 31)
    high >>>= 1
    if (odd) [high, low] = [high ^ POLYNOMIAL[0], low ^ POLYNOMIAL[1]]
  }
  highs[byte] = high
  lows[byte] = low
}
for (let entry = 256; entry < LANES * 256; entry++) {
  const [high, low] = [highs[entry - 256]!, lows[entry - 256]!]
  highs[entry] = highs[low & 255]! ^ (high >>> 8)
  lows[entry] = lows[low & 255]! ^ ((low >>> 8) | (high << 24))
}

/** Writes the CRC-64 of `bytes[0, end)` behind them, as Redis ends a dump: 8 bytes, the lowest first. */
export function writeCrc64(bytes: Buffer, end: number): void {
  let high = 0
  let low = 0
  let at = 0
  for (; at + LANES <= end; at += LANES) {
    const first = low ^ (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24))
    const second = high ^ (bytes[at + 4]! | (bytes[at + 5]! << 8) | (bytes[at + 6]! << 16) | (bytes[at + 7]! << 24))
    const [a, b, c, d] = [1792 + (first & 255), 1536 + ((first >>> 8) & 255), 1280 + ((first >>> 16) & 255), 1024 + (first >>> 24)]
    const [e, f, g, h] = [768 + (second & 255), 512 + ((second >>> 8) & 255), 256 + ((second >>> 16) & 255), second >>> 24]
    high = highs[a]! ^ highs[b]! ^ highs[c]! ^ highs[d]! ^ highs[e]! ^ highs[f]! ^ highs[g]! ^ highs[h]!
    low = lows[a]! ^ lows[b]! ^ lows[c]! ^ lows[d]! ^ lows[e]! ^ lows[f]! ^ lows[g]! ^ lows[h]!
  }
  for (; at < end; at++) {
    const entry = (low ^ bytes[at]!) & 255
    low = lows[entry]! ^ ((low >>> 8) | (high << 24))
    high = highs[entry]! ^ (high >>> 8)
  }
  bytes.writeUInt32LE(low >>> 0, end)
  bytes.writeUInt32LE(high >>> 0, end + 4)
}
