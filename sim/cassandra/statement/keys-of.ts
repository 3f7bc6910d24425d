// The partition keys that a WHERE clause names.

import { compareValues } from '../types/comparable.ts'
import type { Column, Table } from '../schema/table.ts'
import { encodeKey } from './partition-key.ts'
import type { Restriction } from './restrictions.ts'
import type { Values } from './variables.ts'

/** Each once, sorted by their values. Every column of the partition key must be restricted, none by a slice. */
export function keysOf(
  table: Table,
  restrictions: ReadonlyMap<string, Restriction>,
): (values: Values) => readonly Uint8Array[] {
  const parts = table.partitionKey.map(column => ({ column, restriction: restrictions.get(column.name) }))
  return values => {
    let keys: (readonly Uint8Array[])[] = [[]]
    for (const { column, restriction } of parts) {
      if (restriction === undefined || restriction.kind === 'slice')
        throw new RangeError('a key that is not restricted')
      const alternatives =
        restriction.kind === 'equal' ? [restriction.value(values)] : distinctValues(column, restriction.all(values))
      keys = keys.flatMap(key => alternatives.map(value => [...key, value]))
    }
    return keys.map(encodeKey)
  }
}

function distinctValues(column: Column, all: readonly Uint8Array[]): readonly Uint8Array[] {
  const sorted = [...all].sort((a, b) => compareValues(column.type, a, b))
  return sorted.filter((value, index) => {
    const before = sorted[index - 1]
    return before === undefined || Buffer.compare(before, value) !== 0
  })
}
