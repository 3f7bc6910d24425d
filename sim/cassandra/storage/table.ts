// One table of a node: what is in memory, what is on its way to a file, and the sorted files. All three merged are the table.

import type { Fragment } from '../data/fragment.ts'
import { mergeFragments } from '../data/fragment.ts'
import { MAX_MICROS } from '../data/fragment-size.ts'
import { lowerBound } from '../data/sorted-map.ts'
import type { Token } from '../ring/murmur3.ts'
import { Memtable } from './memtable.ts'
import type { Place } from './place.ts'
import { afterToken, tokenOfPlace } from './place.ts'
import type { SortedFile } from './sorted-file.ts'

export class Table {
  readonly name: string
  #active = new Memtable()
  #flushing: Memtable | undefined
  #files: readonly SortedFile[]

  constructor(name: string, files: readonly SortedFile[] = []) {
    this.name = name
    this.#files = files
  }

  get files(): readonly SortedFile[] {
    return this.#files
  }

  add(fragment: Fragment): void {
    this.#active.add(fragment)
  }

  /** What was written so far goes to a file, what is written from now on stays; undefined if nothing was. */
  startFlush(): Memtable | undefined {
    if (this.#active.isEmpty) return undefined
    this.#flushing = this.#active
    this.#active = new Memtable()
    return this.#flushing
  }

  /** Nobody sees a difference: the file holds what was on its way to it. */
  endFlush(file: SortedFile): void {
    this.#files = [...this.#files, file]
    this.#flushing = undefined
  }

  /** Nobody sees a difference: `merged` is the inputs, without what may be forgotten. */
  replaceFiles(inputs: readonly SortedFile[], merged: SortedFile | undefined): void {
    const others = this.#files.filter(file => !inputs.includes(file))
    this.#files = merged === undefined ? others : [...others, merged]
  }

  /**
   * The smallest timestamp that anything of the partition outside `inputs` may have, as files and memtables know only
   * their own smallest: a tombstone that is not older may still have something to hide.
   */
  oldestMicrosOutside(inputs: readonly SortedFile[], place: Place): bigint {
    let oldest = MAX_MICROS
    for (const memtable of this.#memtables()) {
      if (memtable.has(place) && memtable.oldestMicros < oldest) oldest = memtable.oldestMicros
    }
    for (const file of this.#files) {
      if (file.oldestMicros < oldest && !inputs.includes(file) && file.slotOf(place) !== undefined) {
        oldest = file.oldestMicros
      }
    }
    return oldest
  }

  async read(place: Place): Promise<Fragment | undefined> {
    let merged: Fragment | undefined
    const see = (fragment: Fragment | undefined): void => {
      if (fragment !== undefined) merged = merged === undefined ? fragment : mergeFragments(merged, fragment)
    }
    for (const memtable of this.#memtables()) see(memtable.get(place))
    const reads: Promise<readonly Fragment[]>[] = []
    for (const file of this.#files) {
      const slot = file.slotOf(place)
      if (slot !== undefined) reads.push(file.read({ from: slot, to: slot + 1 }))
    }
    if (reads.length > 0) for (const [fragment] of await Promise.all(reads)) see(fragment)
    return merged
  }

  async scan(range: ScanRange, limit: number): Promise<readonly Fragment[]> {
    const memtables = this.#memtables()
    const files = this.#files
    const sources = [...memtables, ...files].map(source => stretchOf(source.places(), range))
    const chosen = firstPlaces(sources, limit)
    const last = chosen.at(-1)
    if (last === undefined) return []
    const merged = new Map<Place, Fragment>()
    const see = (place: Place, fragment: Fragment): void => {
      const known = merged.get(place)
      merged.set(place, known === undefined ? fragment : mergeFragments(known, fragment))
    }
    for (const place of chosen) {
      for (const memtable of memtables) {
        const fragment = memtable.get(place)
        if (fragment !== undefined) see(place, fragment)
      }
    }
    const reads = files.map(async (file, index) => {
      const from = sources[memtables.length + index]?.from ?? 0
      const to = lowerBound(file.places(), `${last}\0`)
      return { from, fragments: await file.read({ from, to }) }
    })
    for (const [index, { from, fragments }] of (await Promise.all(reads)).entries()) {
      const places = files[index]?.places() ?? []
      for (const [offset, fragment] of fragments.entries()) see(places[from + offset] ?? '', fragment)
    }
    return chosen.map(place => merged.get(place) as Fragment)
  }

  #memtables(): readonly Memtable[] {
    return this.#flushing === undefined ? [this.#active] : [this.#active, this.#flushing]
  }
}

export interface ScanRange {
  readonly after: Token
  readonly to?: Token | undefined
}

/** A part of a sorted list: from one index up to, not including, another. */
interface Stretch {
  readonly places: readonly Place[]
  readonly from: number
  readonly to: number
}

function stretchOf(places: readonly Place[], { after, to }: ScanRange): Stretch {
  return {
    places,
    from: lowerBound(places, afterToken(after)),
    to: to === undefined ? places.length : lowerBound(places, afterToken(to)),
  }
}

/** The smallest places of all stretches, each once: `limit` of them, and those that share the token of the last. */
function firstPlaces(stretches: readonly Stretch[], limit: number): readonly Place[] {
  const next = stretches.map(({ from }) => from)
  const chosen: Place[] = []
  for (;;) {
    let first: Place | undefined
    for (const [index, { places, to }] of stretches.entries()) {
      const at = next[index] ?? 0
      const place = at < to ? places[at] : undefined
      if (place !== undefined && (first === undefined || place < first)) first = place
    }
    if (first === undefined) return chosen
    const last = chosen.at(-1)
    if (chosen.length >= limit && (last === undefined || tokenOfPlace(last) !== tokenOfPlace(first))) return chosen
    chosen.push(first)
    for (const [index, { places }] of stretches.entries()) {
      const at = next[index] ?? 0
      if (places[at] === first) next[index] = at + 1
    }
  }
}
