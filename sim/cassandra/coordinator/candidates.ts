// Which replicas a read asks, and in which order others would be asked.

import type { RingNode } from '../ring/ring.ts'
import type { Quota } from './availability.ts'
import type { Membership } from './membership.ts'

export interface Candidates {
  /** As many as the level needs; the first gives the data. */
  readonly asked: readonly RingNode[]
  readonly spare: readonly RingNode[]
}

/** Near ones first, and those that answered lately. All must be believed alive, and enough for the quota. */
export function candidatesOf(quota: Quota, replicas: readonly RingNode[], membership: Membership): Candidates {
  const distance = (node: RingNode): number => {
    if (node.address === membership.self) return 0
    const isFar = node.dataCentre !== membership.dataCentre
    return 1 + (membership.isDoubtful(node.address) ? 1 : 0) + (isFar ? 2 : 0)
  }
  const alive = replicas
    .filter(node => node.address === membership.self || membership.isAlive(node.address))
    .filter(node => !quota.isLocal || node.dataCentre === membership.dataCentre)
  const sorted = alive
    .map((node, index) => ({ node, index, far: distance(node) }))
    .sort((a, b) => a.far - b.far || a.index - b.index)
    .map(({ node }) => node)
  const asked =
    quota.perDataCentre === undefined ? sorted.slice(0, quota.blockFor) : ofEach(quota.perDataCentre, sorted)
  return { asked, spare: sorted.filter(node => !asked.includes(node)) }
}

function ofEach(wanted: ReadonlyMap<string, number>, sorted: readonly RingNode[]): readonly RingNode[] {
  const left = new Map(wanted)
  return sorted.filter(({ dataCentre }) => {
    const count = left.get(dataCentre) ?? 0
    left.set(dataCentre, count - 1)
    return count > 0
  })
}
