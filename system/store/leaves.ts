// An event as the list of its leaves: what is no object with members, with the keys that lead to it, in document order.
// The list gives the event back, with the order of its keys, because the leaves of one object stand together.

/** The properties of events, as a tree by key, so that walking an event finds its columns without building names. */
export class PathNode {
  readonly path: readonly string[]
  /** The number of the column, or −1 while no event had a leaf here. */
  column = -1
  readonly #children = new Map<string, PathNode>()

  constructor(path: readonly string[] = []) {
    this.path = path
  }

  child(key: string): PathNode {
    let node = this.#children.get(key)
    if (node === undefined) this.#children.set(key, (node = new PathNode([...this.path, key])))
    return node
  }
}

/** Calls `leaf` for each. The depth of `value` is the caller's to bound: this recurses. */
export function walkLeaves(
  value: Readonly<Record<string, unknown>>,
  node: PathNode,
  leaf: (node: PathNode, value: unknown) => void,
): void {
  for (const key of Object.keys(value)) {
    const member = value[key]
    const next = node.child(key)
    if (isObject(member) && hasMembers(member)) walkLeaves(member, next, leaf)
    else leaf(next, member)
  }
}

/** Puts a member into an object as JSON.parse would: `__proto__` is a name like any other. */
export function setMember(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
  } else {
    object[key] = value
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function hasMembers(object: object): boolean {
  for (const _ in object) return true
  return false
}
