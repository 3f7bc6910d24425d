// One property's values over the events of a block that have it, in the order of the events.

import { ByteReader, ByteWriter, FormatError } from './bytes.ts'
import { jsonText } from './json-text.ts'
import { readNumbers, writeNumbers } from './numbers.ts'
import type { Strings } from './strings.ts'
import { readStrings, writeStrings } from './strings.ts'

/** A leaf of an event. Arrays are leaves, whatever they hold, and so is an object without members. */
export const VALUE_KINDS = ['null', 'false', 'true', 'number', 'string', 'array', 'object'] as const
export type ValueKind = (typeof VALUE_KINDS)[number]

export interface Column {
  readonly count: number
  /** The kind of all values, or one place in VALUE_KINDS for each. */
  readonly kinds: ValueKind | Uint8Array
  /** Of the values that are numbers, strings and arrays: each list counts only its own kind. Arrays are JSON text. */
  readonly numbers: Float64Array
  readonly strings: Strings
  readonly arrays: Strings
}

/** Collects values and gives their bytes. */
export class ColumnWriter {
  readonly #kinds: number[] = []
  readonly #numbers: number[] = []
  readonly #strings: string[] = []
  readonly #arrays: string[] = []

  get count(): number {
    return this.#kinds.length
  }

  add(value: unknown): void {
    const kind = kindOf(value)
    this.#kinds.push(VALUE_KINDS.indexOf(kind))
    if (kind === 'number') this.#numbers.push(value as number)
    else if (kind === 'string') this.#strings.push(value as string)
    else if (kind === 'array') this.#arrays.push(jsonText(value))
  }

  bytes(): Uint8Array {
    const out = new ByteWriter(this.count * 4 + 64)
    const [first] = this.#kinds
    const isUniform = this.#kinds.every(kind => kind === first)
    out.u8(isUniform ? (first ?? 0) : MIXED)
    if (!isUniform) out.bytes(Uint8Array.from(this.#kinds))
    if (this.#numbers.length > 0) writeNumbers(out, this.#numbers)
    if (this.#strings.length > 0) writeStrings(out, this.#strings)
    if (this.#arrays.length > 0) writeStrings(out, this.#arrays)
    return out.done()
  }
}

/** Throws FormatError. */
export function readColumn(bytes: Uint8Array, count: number): Column {
  const source = new ByteReader(bytes)
  const form = source.u8()
  const kinds = form === MIXED ? source.bytes(count) : VALUE_KINDS[form]
  if (kinds === undefined) throw new FormatError(`a column of an unknown form, ${form}`)
  const numberCount = countOf(kinds, 'number', count)
  const stringCount = countOf(kinds, 'string', count)
  const arrayCount = countOf(kinds, 'array', count)
  const column = {
    count,
    kinds,
    numbers: numberCount > 0 ? readNumbers(source, numberCount) : NO_NUMBERS,
    strings: stringCount > 0 ? readStrings(source, stringCount) : NO_STRINGS,
    arrays: arrayCount > 0 ? readStrings(source, arrayCount) : NO_STRINGS,
  }
  source.end()
  return column
}

/** All values, as JSON.parse would have given them; an object is a new empty one each time. */
export function valuesOf(column: Column): unknown[] {
  const values: unknown[] = new Array(column.count)
  let [numbers, strings, arrays] = [0, 0, 0]
  for (let index = 0; index < column.count; index++) {
    switch (kindAt(column, index)) {
      case 'null':
        values[index] = null
        break
      case 'false':
        values[index] = false
        break
      case 'true':
        values[index] = true
        break
      case 'number':
        values[index] = column.numbers[numbers++]
        break
      case 'string':
        values[index] = stringAt(column.strings, strings++)
        break
      case 'array':
        values[index] = JSON.parse(stringAt(column.arrays, arrays++))
        break
      case 'object':
        values[index] = {}
        break
    }
  }
  return values
}

export function kindAt(column: Column, index: number): ValueKind {
  return typeof column.kinds === 'string' ? column.kinds : VALUE_KINDS[column.kinds[index]!]!
}

export function stringAt(strings: Strings, index: number): string {
  return strings.dictionary[strings.codes === undefined ? index : strings.codes[index]!]!
}

function kindOf(value: unknown): ValueKind {
  switch (typeof value) {
    case 'number':
      return 'number'
    case 'string':
      return 'string'
    case 'boolean':
      return value ? 'true' : 'false'
    default:
      if (value === null) return 'null'
      return Array.isArray(value) ? 'array' : 'object'
  }
}

function countOf(kinds: ValueKind | Uint8Array, wanted: ValueKind, count: number): number {
  if (typeof kinds === 'string') return kinds === wanted ? count : 0
  const place = VALUE_KINDS.indexOf(wanted)
  let found = 0
  for (const kind of kinds) {
    if (kind >= VALUE_KINDS.length) throw new FormatError(`a value of an unknown kind, ${kind}`)
    if (kind === place) found++
  }
  return found
}

const MIXED = 255
const NO_NUMBERS: Float64Array = new Float64Array(0)
const NO_STRINGS: Strings = { dictionary: [], codes: undefined }
