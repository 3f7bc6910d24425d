// Which file has which name: as processes see it, and as it would be after a power loss. Changes become durable in their
// order, as a journal does it: with one, all before it.

import type { SimFile } from './sim-file.ts'

interface NameChange {
  readonly atMicros: number
  readonly sets: readonly (readonly [path: string, file: SimFile | undefined])[]
}

export class Names {
  #seen = new Map<string, SimFile>()
  readonly #durable = new Map<string, SimFile>()
  /** What is seen and not yet durable. */
  #journal: NameChange[] = []
  /** How many changes there were before the first of the journal. */
  #journalStart = 0

  /** How many changes there were. */
  get changes(): number {
    return this.#journalStart + this.#journal.length
  }

  /** Whether the first so many of all changes are durable. */
  isDurable(changes: number): boolean {
    return changes <= this.#journalStart
  }

  files(): IterableIterator<SimFile> {
    return this.#seen.values()
  }

  find(path: string): SimFile | undefined {
    return this.#seen.get(path)
  }

  under(directory: string): string[] {
    const paths: string[] = []
    for (const path of this.#seen.keys()) if (path.startsWith(`${directory}/`)) paths.push(path)
    return paths.sort()
  }

  /** One change, seen at once and as a whole: each path gets its file, or none. */
  change(atMicros: number, sets: NameChange['sets']): void {
    for (const set of sets) put(this.#seen, set)
    this.#journal.push({ atMicros, sets })
  }

  /** The first so many of all changes are durable. */
  makeDurable(changes: number): void {
    const count = changes - this.#journalStart
    if (count <= 0) return
    for (const { sets } of this.#journal.splice(0, count)) for (const set of sets) put(this.#durable, set)
    this.#journalStart += count
  }

  /** What was changed before that moment has been written back meanwhile. */
  writeBack(beforeMicros: number): void {
    let count = 0
    while (count < this.#journal.length && (this.#journal[count] as NameChange).atMicros < beforeMicros) count++
    this.makeDurable(this.#journalStart + count)
  }

  /** Keeps so many of the changes that are not durable, 0 to 1 for all, and forgets the others. Answers the files that were seen and are not any more. */
  losePower(share: number): readonly SimFile[] {
    this.makeDurable(this.#journalStart + Math.round(share * this.#journal.length))
    const kept = new Set(this.#durable.values())
    const lost = [...this.#seen.values()].filter(file => !kept.has(file))
    this.#journalStart += this.#journal.length
    this.#journal = []
    this.#seen = new Map(this.#durable)
    return lost
  }
}

function put(names: Map<string, SimFile>, [path, file]: readonly [string, SimFile | undefined]): void {
  if (file === undefined) names.delete(path)
  else names.set(path, file)
}
