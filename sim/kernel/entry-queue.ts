// What is still to happen, earliest first. Entries of one moment leave in the order in which they were armed.

import type { AsyncResource } from 'node:async_hooks'
import type { Host } from './host.ts'

/** What entries do, as it stands in the trace. The order is part of the trace's format: add at the end. */
export const ENTRY_KINDS = ['world', 'boot', 'timer', 'immediate', 'network', 'disk', 'cpu', 'fault'] as const
export type EntryKind = (typeof ENTRY_KINDS)[number]

export class Entry {
  atMicros: number
  readonly sequence: number
  readonly kind: EntryKind
  readonly host: Host | undefined
  /** The incarnation that armed it: an entry of a dead one is dead, too. */
  readonly incarnation: number
  scope: AsyncResource | undefined
  fire: (() => void) | undefined

  constructor(
    atMicros: number,
    sequence: number,
    armed: {
      readonly kind: EntryKind
      readonly host: Host | undefined
      readonly incarnation: number
      readonly scope: AsyncResource | undefined
      readonly fire: () => void
    },
  ) {
    this.atMicros = atMicros
    this.sequence = sequence
    this.kind = armed.kind
    this.host = armed.host
    this.incarnation = armed.incarnation
    this.scope = armed.scope
    this.fire = armed.fire
  }

  /** It stays in the queue, and holds nothing any more. */
  cancel(): void {
    this.fire = undefined
    this.scope = undefined
  }
}

export class EntryQueue {
  #heap: Entry[] = []

  get length(): number {
    return this.#heap.length
  }

  push(entry: Entry): void {
    const heap = this.#heap
    let index = heap.length
    heap.push(entry)
    while (index > 0) {
      const parent = (index - 1) >> 1
      const above = heap[parent] as Entry
      if (isBefore(above, entry)) break
      heap[index] = above
      index = parent
    }
    heap[index] = entry
  }

  pop(): Entry | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (first === undefined || last === undefined || first === last) return first
    this.#sink(0, last)
    return first
  }

  /** Forgets what `isDead` says, so that a dead host does not stay in memory until its last timer would have fired. */
  removeWhere(isDead: (entry: Entry) => boolean): number {
    const before = this.#heap.length
    this.#heap = this.#heap.filter(entry => !isDead(entry))
    for (let index = (this.#heap.length >> 1) - 1; index >= 0; index--) this.#sink(index, this.#heap[index] as Entry)
    return before - this.#heap.length
  }

  clear(): void {
    this.#heap = []
  }

  #sink(from: number, entry: Entry): void {
    const heap = this.#heap
    const { length } = heap
    let index = from
    for (;;) {
      let child = 2 * index + 1
      if (child >= length) break
      if (child + 1 < length && isBefore(heap[child + 1] as Entry, heap[child] as Entry)) child++
      const below = heap[child] as Entry
      if (isBefore(entry, below)) break
      heap[index] = below
      index = child
    }
    heap[index] = entry
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.atMicros < b.atMicros || (a.atMicros === b.atMicros && a.sequence < b.sequence)
}
