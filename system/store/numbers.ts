// Numbers of one column, in the smallest form that gives back exactly the same doubles.

import type { ByteReader, ByteWriter } from './bytes.ts'
import { FormatError } from './bytes.ts'

/**
 * Whole numbers, and decimals that are whole after moving the point (money, coordinates), are kept as distances from the
 * least one, in 1, 2 or 4 bytes; anything else as doubles. −0, which no distance can hold, makes its column doubles.
 */
export function writeNumbers(out: ByteWriter, values: readonly number[]): void {
  const exponent = exponentOf(values)
  const scale = 10 ** exponent
  let least = Infinity
  let most = -Infinity
  if (exponent !== NOT_SCALED) {
    for (const value of values) {
      const whole = Math.round(value * scale)
      if (whole < least) least = whole
      if (whole > most) most = whole
    }
  }
  const width = exponent === NOT_SCALED ? undefined : widthOf(most - least)
  if (width === undefined) {
    out.u8(DOUBLES)
    for (const value of values) out.f64(value)
    return
  }
  out.u8(exponent)
  out.f64(least)
  out.u8(width)
  for (const value of values) {
    const distance = Math.round(value * scale) - least
    if (width === 1) out.u8(distance)
    else if (width === 2) out.u16(distance)
    else if (width === 4) out.u32(distance)
  }
}

export function readNumbers(source: ByteReader, count: number): Float64Array {
  const exponent = source.u8()
  if (exponent === DOUBLES) return readDoubles(source, count)
  if (exponent > EXPONENT_MAX) throw new FormatError(`numbers of an unknown form, ${exponent}`)
  const least = source.f64()
  const width = source.u8()
  const scale = 10 ** exponent
  if (width === 0) return new Float64Array(checked(count)).fill(least / scale)
  if (width !== 1 && width !== 2 && width !== 4) throw new FormatError(`numbers of ${width} bytes`)
  const bytes = source.bytes(count * width)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const values = new Float64Array(count)
  for (let index = 0; index < count; index++) {
    const distance =
      width === 1 ? bytes[index]! : width === 2 ? view.getUint16(index * 2, true) : view.getUint32(index * 4, true)
    values[index] = (least + distance) / scale
  }
  return values
}

function readDoubles(source: ByteReader, count: number): Float64Array {
  const bytes = source.bytes(count * 8)
  return new Float64Array(bytes.slice().buffer)
}

/** How far the point must move to make all of them whole, checked on each by moving it back. */
function exponentOf(values: readonly number[]): number {
  let exponent = 0
  let scale = 1
  for (const value of values) {
    while (!isExact(value, scale)) {
      if (++exponent > EXPONENT_MAX) return NOT_SCALED
      scale = 10 ** exponent
    }
  }
  // What one value asked for must suit the earlier ones, too: 0.1 × 100 is whole, but other products are not.
  return exponent === 0 || values.every(value => isExact(value, scale)) ? exponent : NOT_SCALED
}

function isExact(value: number, scale: number): boolean {
  const whole = Math.round(value * scale)
  return Number.isSafeInteger(whole) && whole / scale === value && !Object.is(value, -0)
}

function widthOf(range: number): number | undefined {
  if (range === 0) return 0
  if (range < 2 ** 8) return 1
  if (range < 2 ** 16) return 2
  return range < 2 ** 32 ? 4 : undefined
}

function checked(count: number): number {
  if (count > COUNT_MAX) throw new FormatError(`${count} numbers in one column`)
  return count
}

const DOUBLES = 255
const EXPONENT_MAX = 6
const NOT_SCALED = -1
const COUNT_MAX = 2 ** 24
