// One partition in memory. A narrow one is a fragment that is merged with each write. A wide one keeps its rows in a map,
// so that adding one of thousands does not copy the others.

import type { Fragment } from '../data/fragment.ts'
import { coverOf, mergeFragments } from '../data/fragment.ts'
import type { Row } from '../data/row.ts'
import { coveredRow, mergeRows } from '../data/row.ts'
import { SortedMap } from '../data/sorted-map.ts'

export class MemtablePartition {
  /** Of a wide partition: what it was at the last read, or its head alone. */
  #fragment: Fragment
  #isStale = false
  #rows: SortedMap<Row> | undefined

  constructor(fragment: Fragment) {
    this.#fragment = fragment
    if (fragment.rows.length > NARROW_ROWS_MAX) this.#widen()
  }

  add(fragment: Fragment): void {
    if (this.#rows !== undefined && fragment.deletion === undefined && fragment.ranges.length === 0) {
      for (const row of fragment.rows) this.#addRow(this.#rows, row)
      this.#isStale = true
      return
    }
    this.#fragment = mergeFragments(this.fragment, fragment)
    if (this.#rows !== undefined || this.#fragment.rows.length > NARROW_ROWS_MAX) this.#widen()
  }

  /** Never changes once it was handed out. */
  get fragment(): Fragment {
    const rows = this.#rows
    if (rows !== undefined && this.#isStale) {
      this.#fragment = { ...this.#fragment, rows: rows.values() }
      this.#isStale = false
    }
    return this.#fragment
  }

  #addRow(rows: SortedMap<Row>, row: Row): void {
    const { deletion, ranges } = this.#fragment
    const known = rows.get(row.place)
    const kept = coveredRow(known === undefined ? row : mergeRows(known, row), coverOf(row.place, deletion, ranges))
    if (kept !== undefined) rows.set(row.place, kept)
  }

  #widen(): void {
    const rows = new SortedMap<Row>()
    for (const row of this.#fragment.rows) rows.set(row.place, row)
    this.#rows = rows
  }
}

const NARROW_ROWS_MAX = 16
