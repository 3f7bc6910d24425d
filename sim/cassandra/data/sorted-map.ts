// A map whose keys can be walked in order. New keys wait in a small unsorted tail until someone asks for the order, so
// that writing stays as cheap as in a plain Map.

export class SortedMap<V> {
  readonly #values = new Map<string, V>()
  #sorted: string[] = []
  #tail: string[] = []

  get size(): number {
    return this.#values.size
  }

  get(key: string): V | undefined {
    return this.#values.get(key)
  }

  set(key: string, value: V): void {
    const before = this.#values.size
    this.#values.set(key, value)
    if (this.#values.size === before) return
    const last = this.#sorted.at(-1)
    if (this.#tail.length === 0 && (last === undefined || last < key)) this.#sorted.push(key)
    else this.#tail.push(key)
  }

  delete(key: string): void {
    if (!this.#values.delete(key)) return
    const keys = this.keys() as string[]
    const index = lowerBound(keys, key)
    if (keys[index] === key) keys.splice(index, 1)
  }

  /** All keys, sorted by code unit. Valid until the next `set` or `delete`. */
  keys(): readonly string[] {
    if (this.#tail.length > 0) {
      this.#tail.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
      this.#sorted = mergedKeys(this.#sorted, this.#tail)
      this.#tail = []
    }
    return this.#sorted
  }

  /** In the order of their keys. */
  values(): V[] {
    return this.keys().map(key => this.#values.get(key) as V)
  }
}

/** The index of the first key that is not smaller. */
export function lowerBound(keys: readonly string[], key: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((keys[middle] ?? '') < key) low = middle + 1
    else high = middle
  }
  return low
}

function mergedKeys(a: string[], b: readonly string[]): string[] {
  if (b.length <= FEW) {
    for (const key of b) a.splice(lowerBound(a, key), 0, key)
    return a
  }
  const merged: string[] = []
  let nextA = 0
  let nextB = 0
  while (nextA < a.length || nextB < b.length) {
    const left = a[nextA]
    const right = b[nextB]
    if (left !== undefined && (right === undefined || left < right)) {
      merged.push(left)
      nextA++
    } else if (right !== undefined) {
      merged.push(right)
      nextB++
    }
  }
  return merged
}

const FEW = 16
