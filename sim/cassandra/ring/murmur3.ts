// The token of a partition key, as org.apache.cassandra.dht.Murmur3Partitioner computes it: the first half of
// MurmurHash3_x64_128 with seed 0, where the tail bytes are sign-extended (Cassandra's own mistake, kept for ever because
// every ring depends on it). 64-bit words are pairs of 32-bit ones, as BigInt is twenty times slower.

/**
 * A token as eight characters of one byte each, big-endian, with the sign bit flipped: comparing the strings by code unit
 * compares the tokens.
 */
export type Token = string

export function tokenOf(key: Uint8Array): Token {
  const [high, low] = murmur3(key)
  // Long.MIN_VALUE is reserved for the start of the ring.
  if (high === MIN_HIGH && low === 0) return tokenFrom(0x7fffffff, 0xffffffff)
  return tokenFrom(high, low)
}

/** From the decimal form that configurations and system tables use. Throws a RangeError on anything else. */
export function parseToken(decimal: string): Token {
  if (!/^-?\d{1,19}$/.test(decimal)) throw new RangeError(`not a token: ${decimal}`)
  return tokenFromBigInt(BigInt(decimal))
}

export function tokenFromBigInt(value: bigint): Token {
  if (BigInt.asIntN(64, value) !== value) throw new RangeError(`not a token: ${value}`)
  return tokenFrom(Number(BigInt.asIntN(32, value >> 32n)), Number(BigInt.asUintN(32, value)))
}

export function tokenToBigInt(token: Token): bigint {
  return Buffer.from(token, 'latin1').readBigUInt64BE() - (1n << 63n)
}

/** Smaller than every token, and than every place that starts with one. */
export const MIN_TOKEN: Token = '\0\0\0\0\0\0\0\0'

const MIN_HIGH = -0x80000000

function tokenFrom(high: number, low: number): Token {
  const flipped = high ^ MIN_HIGH
  return String.fromCharCode(
    flipped >>> 24,
    (flipped >>> 16) & 0xff,
    (flipped >>> 8) & 0xff,
    flipped & 0xff,
    low >>> 24,
    (low >>> 16) & 0xff,
    (low >>> 8) & 0xff,
    low & 0xff,
  )
}

/** High 32 bits (signed) and low 32 bits (unsigned) of h1. */
export function murmur3(key: Uint8Array): readonly [number, number] {
  const length = key.length
  const blocks = length >>> 4
  let h1h = 0
  let h1l = 0
  let h2h = 0
  let h2l = 0

  for (let block = 0; block < blocks; block++) {
    const at = block << 4
    const k1h = word(key, at + 4)
    const k1l = word(key, at)
    const k2h = word(key, at + 12)
    const k2l = word(key, at + 8)

    let ah = mulHigh(k1h, k1l, C1H, C1L)
    let al = Math.imul(k1l, C1L)
    let rh = (ah << 31) | (al >>> 1)
    let rl = (al << 31) | (ah >>> 1)
    h1h ^= mulHigh(rh, rl, C2H, C2L)
    h1l ^= Math.imul(rl, C2L)

    rh = (h1h << 27) | (h1l >>> 5)
    rl = (h1l << 27) | (h1h >>> 5)
    let sum = (rl >>> 0) + (h2l >>> 0)
    ah = (rh + h2h + (sum > MAX32 ? 1 : 0)) | 0
    al = sum | 0
    // times 5, plus 0x52dce729
    h1h = mulHigh(ah, al, 0, 5)
    sum = (Math.imul(al, 5) >>> 0) + 0x52dce729
    h1h = (h1h + (sum > MAX32 ? 1 : 0)) | 0
    h1l = sum | 0

    ah = mulHigh(k2h, k2l, C2H, C2L)
    al = Math.imul(k2l, C2L)
    // rotate left by 33
    rh = (al << 1) | (ah >>> 31)
    rl = (ah << 1) | (al >>> 31)
    h2h ^= mulHigh(rh, rl, C1H, C1L)
    h2l ^= Math.imul(rl, C1L)

    rh = (h2h << 31) | (h2l >>> 1)
    rl = (h2l << 31) | (h2h >>> 1)
    sum = (rl >>> 0) + (h1l >>> 0)
    ah = (rh + h1h + (sum > MAX32 ? 1 : 0)) | 0
    al = sum | 0
    h2h = mulHigh(ah, al, 0, 5)
    sum = (Math.imul(al, 5) >>> 0) + 0x38495ab5
    h2h = (h2h + (sum > MAX32 ? 1 : 0)) | 0
    h2l = sum | 0
  }

  const tail = blocks << 4
  const rest = length & 15
  if (rest > 8) {
    let kh = 0
    let kl = 0
    for (let index = rest - 1; index >= 8; index--) {
      const byte = signed(key, tail + index)
      const shift = (index - 8) * 8
      kh ^= shift >= 32 ? byte << (shift - 32) : byte >> 31
      if (shift < 32) {
        kl ^= byte << shift
        if (shift > 0) kh ^= (byte >> 31) ^ (byte >> (32 - shift))
      }
    }
    const ah = mulHigh(kh, kl, C2H, C2L)
    const al = Math.imul(kl, C2L)
    const rh = (al << 1) | (ah >>> 31)
    const rl = (ah << 1) | (al >>> 31)
    h2h ^= mulHigh(rh, rl, C1H, C1L)
    h2l ^= Math.imul(rl, C1L)
  }
  if (rest > 0) {
    let kh = 0
    let kl = 0
    for (let index = Math.min(rest, 8) - 1; index >= 0; index--) {
      const byte = signed(key, tail + index)
      const shift = index * 8
      kh ^= shift >= 32 ? byte << (shift - 32) : byte >> 31
      if (shift < 32) {
        kl ^= byte << shift
        if (shift > 0) kh ^= (byte >> 31) ^ (byte >> (32 - shift))
      }
    }
    const ah = mulHigh(kh, kl, C1H, C1L)
    const al = Math.imul(kl, C1L)
    const rh = (ah << 31) | (al >>> 1)
    const rl = (al << 31) | (ah >>> 1)
    h1h ^= mulHigh(rh, rl, C2H, C2L)
    h1l ^= Math.imul(rl, C2L)
  }

  h1l ^= length
  h2l ^= length
  let sum = (h1l >>> 0) + (h2l >>> 0)
  h1h = (h1h + h2h + (sum > MAX32 ? 1 : 0)) | 0
  h1l = sum | 0
  sum = (h2l >>> 0) + (h1l >>> 0)
  h2h = (h2h + h1h + (sum > MAX32 ? 1 : 0)) | 0
  h2l = sum | 0

  const f1h = finalHigh(h1h, h1l)
  const f1l = finalLow(h1h, h1l)
  const f2h = finalHigh(h2h, h2l)
  const f2l = finalLow(h2h, h2l)
  sum = (f1l >>> 0) + (f2l >>> 0)
  return [(f1h + f2h + (sum > MAX32 ? 1 : 0)) | 0, sum >>> 0]
}

const MAX32 = 0xffffffff
const C1H = 0x87c37b91 | 0
const C1L = 0x114253d5 | 0
const C2H = 0x4cf5ad43 | 0
const C2L = 0x2745937f | 0

/** Little-endian. */
function word(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)
}

function signed(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 24) >> 24
}

/** The high half of the low 64 bits of a product; the low half is Math.imul of the low halves. */
function mulHigh(ah: number, al: number, bh: number, bl: number): number {
  const a0 = al & 0xffff
  const a1 = al >>> 16
  const b0 = bl & 0xffff
  const b1 = bl >>> 16
  const middle = a1 * b0 + ((a0 * b0) >>> 16)
  const cross = (middle & 0xffff) + a0 * b1
  const carry = a1 * b1 + Math.floor(middle / 0x10000) + Math.floor(cross / 0x10000)
  return (carry + Math.imul(ah, bl) + Math.imul(al, bh)) | 0
}

// fmix64, one half each: x ^= x >>> 33 touches the low half only, as 33 is more than 32.
function finalHigh(high: number, low: number): number {
  const a = low ^ (high >>> 1)
  const bh = mulHigh(high, a, F1H, F1L)
  const b = Math.imul(a, F1L) ^ (bh >>> 1)
  return mulHigh(bh, b, F2H, F2L)
}

function finalLow(high: number, low: number): number {
  const a = low ^ (high >>> 1)
  const bh = mulHigh(high, a, F1H, F1L)
  const b = Math.imul(a, F1L) ^ (bh >>> 1)
  const ch = mulHigh(bh, b, F2H, F2L)
  return Math.imul(b, F2L) ^ (ch >>> 1)
}

const F1H = 0xff51afd7 | 0
const F1L = 0xed558ccd | 0
const F2H = 0xc4ceb9fe | 0
const F2L = 0x1a85ec53 | 0
