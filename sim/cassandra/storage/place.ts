// Where a partition stands in its table: by token, then by key. As a string of one byte a character, which sorts so.

import { asBuffer } from '../data/as-buffer.ts'
import type { Token } from '../ring/murmur3.ts'
import { tokenOf } from '../ring/murmur3.ts'

export type Place = string

export function placeOf(key: Uint8Array): Place {
  return tokenOf(key) + asBuffer(key).toString('latin1')
}

export function tokenOfPlace(place: Place): Token {
  return place.slice(0, TOKEN_LENGTH)
}

/** After every place with that token, before every place with a later one. */
export function afterToken(token: Token): string {
  return token + AFTER_EVERY_BYTE
}

const TOKEN_LENGTH = 8
const AFTER_EVERY_BYTE = '\u0100'
