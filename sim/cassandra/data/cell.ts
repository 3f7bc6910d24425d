// A cell, and which of two wins. Everything that Cassandra promises about concurrent writes is this one function: it must
// be commutative, associative and idempotent, or replicas that saw the same writes would differ for ever.

/** Something was deleted: all of it that is not newer. */
export interface Deletion {
  /** What was written at this timestamp or before is gone. */
  readonly atMicros: bigint
  /** When the deletion was made, in seconds since 1970, by the clock of who made it: purging counts from here. */
  readonly localSeconds: number
}

export interface Cell {
  readonly atMicros: bigint
  /** Undefined in a tombstone. */
  readonly value: Uint8Array | undefined
  /** Of a tombstone, as in a deletion. 0 in a live cell. */
  readonly localSeconds: number
}

/** The later timestamp; then the tombstone; then, of tombstones, the later deletion; then the larger value, byte by byte. */
export function resolveCells(a: Cell, b: Cell): Cell {
  if (a.atMicros !== b.atMicros) return a.atMicros > b.atMicros ? a : b
  if (a.value === undefined) return b.value === undefined && b.localSeconds > a.localSeconds ? b : a
  if (b.value === undefined) return b
  return Buffer.compare(a.value, b.value) >= 0 ? a : b
}

export function laterDeletion(a: Deletion | undefined, b: Deletion | undefined): Deletion | undefined {
  if (a === undefined) return b
  if (b === undefined) return a
  if (a.atMicros !== b.atMicros) return a.atMicros > b.atMicros ? a : b
  return a.localSeconds >= b.localSeconds ? a : b
}

export function sameDeletion(a: Deletion | undefined, b: Deletion | undefined): boolean {
  return (
    a === b || (a !== undefined && b !== undefined && a.atMicros === b.atMicros && a.localSeconds === b.localSeconds)
  )
}
