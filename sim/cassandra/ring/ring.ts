// The ring: every node's tokens in order, and the replicas of each stretch between two of them.

import type { Replication } from './replication.ts'
import type { Token } from './murmur3.ts'
import { MIN_TOKEN, parseToken } from './murmur3.ts'

export interface RingNode {
  readonly address: string
  readonly dataCentre: string
  readonly rack: string
  /** Decimal, as in a configuration file. */
  readonly tokens: readonly string[]
}

/** Tokens after `after` and up to `to`; `to` is undefined at the end of the ring. Never wraps. */
export interface TokenRange {
  readonly after: Token
  readonly to: Token | undefined
}

export class Ring {
  readonly nodes: readonly RingNode[]
  readonly #tokens: readonly Token[]
  readonly #owners: readonly RingNode[]
  readonly #replicas = new WeakMap<Replication, (readonly RingNode[] | undefined)[]>()

  constructor(nodes: readonly RingNode[]) {
    const entries = nodes.flatMap(node => node.tokens.map(token => ({ token: parseToken(token), node })))
    entries.sort((a, b) => (a.token < b.token ? -1 : a.token > b.token ? 1 : 0))
    const twice = entries.find((entry, index) => entry.token === entries[index + 1]?.token)
    if (twice) throw new RangeError(`two nodes have the token of ${twice.node.address}`)
    if (entries.length === 0) throw new RangeError('a ring needs at least one token')
    this.nodes = nodes
    this.#tokens = entries.map(entry => entry.token)
    this.#owners = entries.map(entry => entry.node)
  }

  /** The nodes that hold `token`, the owner first. */
  replicasOf(replication: Replication, token: Token): readonly RingNode[] {
    return this.#replicasAt(replication, this.#indexOf(token))
  }

  /** The whole ring in token order, cut where the replicas change. */
  rangesOf(
    replication: Replication,
  ): readonly { readonly range: TokenRange; readonly replicas: readonly RingNode[] }[] {
    const ranges: { range: TokenRange; replicas: readonly RingNode[] }[] = []
    let after = MIN_TOKEN
    for (let index = 0; index <= this.#tokens.length; index++) {
      const to = this.#tokens[index]
      const replicas = this.#replicasAt(replication, index % this.#tokens.length)
      const last = ranges.at(-1)
      if (last && sameNodes(last.replicas, replicas)) last.range = { after: last.range.after, to }
      else ranges.push({ range: { after, to }, replicas })
      after = to ?? after
    }
    return ranges
  }

  #indexOf(token: Token): number {
    let low = 0
    let high = this.#tokens.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#tokens[middle] ?? '') < token) low = middle + 1
      else high = middle
    }
    return low === this.#tokens.length ? 0 : low
  }

  #replicasAt(replication: Replication, index: number): readonly RingNode[] {
    let known = this.#replicas.get(replication)
    if (!known) {
      known = new Array<readonly RingNode[] | undefined>(this.#tokens.length)
      this.#replicas.set(replication, known)
    }
    return (known[index] ??= this.#choose(replication, index))
  }

  #choose(replication: Replication, from: number): readonly RingNode[] {
    const walk = [...new Set([...this.#owners.slice(from), ...this.#owners.slice(0, from)])]
    switch (replication.kind) {
      case 'local':
        return walk.slice(0, 1)
      case 'simple':
        return walk.slice(0, replication.replicas)
      case 'network-topology':
        return this.#chooseByRack(replication.replicas, walk)
    }
  }

  #chooseByRack(factors: Readonly<Record<string, number>>, walk: readonly RingNode[]): readonly RingNode[] {
    const wanted = new Map(
      Object.entries(factors).map(([dataCentre, factor]) => {
        const members = this.nodes.filter(node => node.dataCentre === dataCentre)
        const racks = new Set(members.map(node => node.rack))
        return [
          dataCentre,
          { left: Math.min(factor, members.length), repeats: factor - racks.size, racks: new Set<string>() },
        ]
      }),
    )
    return walk.filter(node => {
      const want = wanted.get(node.dataCentre)
      if (!want || want.left <= 0) return false
      if (want.racks.has(node.rack)) {
        if (want.repeats <= 0) return false
        want.repeats--
      }
      want.racks.add(node.rack)
      want.left--
      return true
    })
  }
}

function sameNodes(a: readonly RingNode[], b: readonly RingNode[]): boolean {
  return a.length === b.length && a.every(node => b.includes(node))
}
