// What the promises of the Disk port allow to be found after a crash or a power loss: written without a look at how the
// simulated disk does it. It remembers every state that a file, or the set of names, has been in, and which of them are
// certain to be over.

export type Ending = 'crash' | 'power-loss'

interface State {
  readonly content: Uint8Array
  /** The first byte of what this change wrote, if it wrote something. */
  readonly from: number
  readonly to: number
}

export class ModelFile {
  readonly #states: State[] = [{ content: new Uint8Array(0), from: 0, to: 0 }]
  /** At least so many changes have happened, and at least so many are durable. */
  #answered = 0
  #durable = 0
  /** The change of names that made it or, before that was certain to be durable, gave it its last name. */
  made: number

  constructor(made: number) {
    this.made = made
  }

  get changes(): number {
    return this.#states.length - 1
  }

  get size(): number {
    return this.#last.content.length
  }

  write(position: number, bytes: Uint8Array): void {
    const old = this.#last.content
    const content = new Uint8Array(Math.max(old.length, position + bytes.length))
    content.set(old)
    content.set(bytes, position)
    this.#states.push({ content, from: Math.min(position, old.length), to: position + bytes.length })
  }

  truncate(size: number): void {
    const old = this.#last.content
    if (size > old.length) {
      this.write(size, new Uint8Array(0))
      return
    }
    this.#states.push({ content: old.slice(0, size), from: 0, to: 0 })
  }

  answered(changes: number): void {
    this.#answered = Math.max(this.#answered, changes)
  }

  synced(changes: number): void {
    this.#durable = Math.max(this.#durable, changes)
  }

  /** Whether it may be found so. */
  allows(found: Uint8Array, how: Ending): boolean {
    return this.#indexOf(found, how) !== undefined
  }

  /** It was found so: nothing later has happened. */
  adopt(found: Uint8Array, how: Ending): void {
    const index = this.#indexOf(found, how) ?? 0
    this.#states.length = index + 1
    if (!isSame(this.#last.content, found)) this.#states.push({ content: found, from: 0, to: 0 })
    this.#answered = this.changes
    // A power loss leaves what is on the disk.
    this.#durable = how === 'power-loss' ? this.changes : Math.min(this.#durable, this.changes)
  }

  /** The last state that it may be, whole or with a part of the next change. */
  #indexOf(found: Uint8Array, how: Ending): number | undefined {
    for (let index = this.changes; index >= (how === 'crash' ? this.#answered : this.#durable); index--) {
      if (isSame((this.#states[index] as State).content, found)) return index
      if (how === 'power-loss' && this.#isTorn(index + 1, found)) return index
    }
    return undefined
  }

  /** Whether it is the state before that change, and the first bytes of what the change wrote. */
  #isTorn(index: number, found: Uint8Array): boolean {
    const change = this.#states[index]
    const before = this.#states[index - 1]?.content
    if (change === undefined || before === undefined) return false
    for (let to = change.from + 1; to < change.to; to++) {
      const torn = new Uint8Array(Math.max(before.length, to))
      torn.set(before)
      torn.set(change.content.subarray(change.from, to), change.from)
      if (isSame(torn, found)) return true
    }
    return false
  }

  get #last(): State {
    return this.#states.at(-1) as State
  }
}

type NameState = ReadonlyMap<string, ModelFile>

export class ModelNames {
  readonly #states: NameState[] = [new Map<string, ModelFile>()]
  #answered = 0
  #durable = 0

  get changes(): number {
    return this.#states.length - 1
  }

  get now(): NameState {
    return this.#states.at(-1) as NameState
  }

  change(act: (names: Map<string, ModelFile>) => void): void {
    const names = new Map(this.now)
    act(names)
    this.#states.push(names)
  }

  answered(changes: number): void {
    this.#answered = Math.max(this.#answered, changes)
  }

  synced(changes: number): void {
    this.#durable = Math.max(this.#durable, changes)
  }

  isDurable(changes: number): boolean {
    return changes <= this.#durable
  }

  /** Whether it may be found so; if it may, it is so from now on. */
  accept(found: ReadonlyMap<string, Uint8Array>, how: Ending): boolean {
    for (let index = this.changes; index >= (how === 'crash' ? this.#answered : this.#durable); index--) {
      const names = this.#states[index] as NameState
      const isSo = (path: string, file: ModelFile): boolean => {
        const content = found.get(path)
        return content !== undefined && file.allows(content, how)
      }
      if (names.size !== found.size || ![...names].every(([path, file]) => isSo(path, file))) continue
      for (const [path, file] of names) {
        file.adopt(found.get(path) as Uint8Array, how)
        if (how === 'power-loss') file.made = Math.min(file.made, index)
      }
      this.#states.length = index + 1
      this.#answered = index
      this.#durable = how === 'power-loss' ? index : Math.min(this.#durable, index)
      return true
    }
    return false
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index])
}
