// Values of native types as the bytes in which they are stored and sent.

export function textBytes(text: string): Buffer {
  return Buffer.from(text)
}

export function intBytes(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeInt32BE(value)
  return bytes
}

export function bigintBytes(value: bigint): Buffer {
  const bytes = Buffer.allocUnsafe(8)
  bytes.writeBigInt64BE(value)
  return bytes
}

export function floatBytes(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeFloatBE(value)
  return bytes
}

export function doubleBytes(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(8)
  bytes.writeDoubleBE(value)
  return bytes
}

export function booleanBytes(value: boolean): Buffer {
  return Buffer.from([value ? 1 : 0])
}

/** The shortest two's complement. */
export function varintBytes(value: bigint): Buffer {
  let size = 1
  while (BigInt.asIntN(8 * size, value) !== value) size++
  const hex = BigInt.asUintN(8 * size, value).toString(16)
  return Buffer.from(hex.padStart(2 * size, '0'), 'hex')
}

/** A set or a list: a count, then each element after its length. */
export function elementsBytes(elements: readonly Uint8Array[]): Buffer {
  return Buffer.concat([intBytes(elements.length), ...elements.flatMap(element => [intBytes(element.length), element])])
}

/** A map of texts, in the order of its keys. */
export function textMapBytes(map: ReadonlyMap<string, string>): Buffer {
  const keys = [...map.keys()].sort()
  const parts = keys.flatMap(key => [textBytes(key), textBytes(map.get(key) ?? '')])
  return Buffer.concat([intBytes(keys.length), ...parts.flatMap(part => [intBytes(part.length), part])])
}
