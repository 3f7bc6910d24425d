// What was written to one table since its last flush.

import type { Fragment } from '../data/fragment.ts'
import { MAX_MICROS, oldestMicrosOf } from '../data/fragment-size.ts'
import { SortedMap } from '../data/sorted-map.ts'
import { MemtablePartition } from './memtable-partition.ts'
import type { Place } from './place.ts'
import { placeOf } from './place.ts'

export class Memtable {
  readonly #partitions = new SortedMap<MemtablePartition>()
  #oldestMicros = MAX_MICROS

  get isEmpty(): boolean {
    return this.#partitions.size === 0
  }

  /** No timestamp in it is smaller. */
  get oldestMicros(): bigint {
    return this.#oldestMicros
  }

  add(fragment: Fragment): void {
    const oldest = oldestMicrosOf(fragment)
    if (oldest < this.#oldestMicros) this.#oldestMicros = oldest
    const place = placeOf(fragment.key)
    const partition = this.#partitions.get(place)
    if (partition === undefined) this.#partitions.set(place, new MemtablePartition(fragment))
    else partition.add(fragment)
  }

  has(place: Place): boolean {
    return this.#partitions.get(place) !== undefined
  }

  get(place: Place): Fragment | undefined {
    return this.#partitions.get(place)?.fragment
  }

  /** In order. Valid until the next `add`. */
  places(): readonly Place[] {
    return this.#partitions.keys()
  }
}
