// Strings of one column: a dictionary of the distinct ones and a code for each row, or simply one after the other where
// nearly all differ.

import type { ByteReader, ByteWriter } from './bytes.ts'
import { bufferOf, FormatError } from './bytes.ts'

/** `codes[i]` is the place of string i in `dictionary`; undefined: string i is `dictionary[i]`. */
export interface Strings {
  readonly dictionary: readonly string[]
  readonly codes: Uint32Array | undefined
}

export function writeStrings(out: ByteWriter, values: readonly string[]): void {
  const places = new Map<string, number>()
  for (const value of values) if (!places.has(value)) places.set(value, places.size)
  const isDictionary = places.size * 2 <= values.length
  const texts = isDictionary ? [...places.keys()] : values
  const all = texts.join('')
  const isUtf8 = all.isWellFormed()
  out.u8((isDictionary ? DICTIONARY : 0) | (isUtf8 ? 0 : UTF_16))
  if (isDictionary) out.varint(texts.length)
  for (const text of texts) out.varint(text.length)
  // JSON can hold half of a surrogate pair, which UTF-8 cannot.
  const bytes = Buffer.from(all, isUtf8 ? 'utf8' : 'utf16le')
  out.varint(bytes.length)
  out.bytes(bytes)
  if (!isDictionary) return
  const width = widthOf(texts.length)
  for (const value of values) {
    const code = places.get(value)!
    if (width === 1) out.u8(code)
    else if (width === 2) out.u16(code)
    else out.u32(code)
  }
}

export function readStrings(source: ByteReader, count: number): Strings {
  const flags = source.u8()
  if (flags > (DICTIONARY | UTF_16)) throw new FormatError(`strings of an unknown form, ${flags}`)
  const isDictionary = (flags & DICTIONARY) !== 0
  const dictionary = readTexts(source, isDictionary ? source.count() : count, (flags & UTF_16) !== 0)
  return { dictionary, codes: isDictionary ? readCodes(source, count, dictionary.length) : undefined }
}

/** Lengths count UTF-16 units, so that all of them are decoded by one call and cut afterwards. */
function readTexts(source: ByteReader, count: number, isUtf16: boolean): readonly string[] {
  if (count > source.remaining) throw new FormatError('the bytes are cut off')
  const lengths = Array.from({ length: count }, () => source.varint())
  const all = bufferOf(source.bytes(source.varint())).toString(isUtf16 ? 'utf16le' : 'utf8')
  let start = 0
  const texts = lengths.map(length => all.slice(start, (start += length)))
  if (start !== all.length) throw new FormatError('the lengths of strings do not fit')
  return texts
}

function readCodes(source: ByteReader, count: number, size: number): Uint32Array {
  const width = widthOf(size)
  const bytes = source.bytes(count * width)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const codes = new Uint32Array(count)
  for (let index = 0; index < count; index++) {
    const code =
      width === 1 ? bytes[index]! : width === 2 ? view.getUint16(index * 2, true) : view.getUint32(index * 4, true)
    if (code >= size) throw new FormatError('a code is not in the dictionary')
    codes[index] = code
  }
  return codes
}

function widthOf(size: number): 1 | 2 | 4 {
  if (size <= 2 ** 8) return 1
  return size <= 2 ** 16 ? 2 : 4
}

const DICTIONARY = 1
const UTF_16 = 2
