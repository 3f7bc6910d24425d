// Whether enough replicas are believed alive, and when enough have answered.

import { RequestError, invalid } from '../request-error.ts'
import type { Consistency } from '../ring/consistency.ts'
import { isLocal, quorumOf } from '../ring/consistency.ts'
import type { Replication } from '../ring/replication.ts'
import { blockForOf } from '../ring/replication.ts'
import type { RingNode } from '../ring/ring.ts'
import type { Membership } from './membership.ts'

/** How many answers a request waits for, and which of them count. */
export interface Quota {
  readonly consistency: Consistency
  readonly blockFor: number
  readonly isLocal: boolean
  /** With EACH_QUORUM: what each data centre must give. */
  readonly perDataCentre: ReadonlyMap<string, number> | undefined
}

export function quotaOf(replication: Replication, consistency: Consistency, dataCentre: string): Quota {
  const perDataCentre =
    consistency === 'EACH_QUORUM' && replication.kind === 'network-topology'
      ? new Map(Object.entries(replication.replicas).map(([name, count]) => [name, quorumOf(count)]))
      : undefined
  return {
    ...{ consistency, perDataCentre },
    blockFor: blockForOf(replication, consistency, dataCentre),
    isLocal: isLocal(consistency),
  }
}

/** Throws Unavailable when too few of the replicas are believed alive. */
export function assureAlive(quota: Quota, replicas: readonly RingNode[], membership: Membership): void {
  const { consistency } = quota
  if (consistency === 'ANY') return
  const alive = replicas.filter(node => membership.isAlive(node.address))
  if (quota.perDataCentre !== undefined) {
    for (const [dataCentre, required] of quota.perDataCentre) {
      const there = alive.filter(node => node.dataCentre === dataCentre).length
      if (there < required) throw unavailable({ consistency, required, alive: there }, ` in DC ${dataCentre}`)
    }
    return
  }
  const counted = quota.isLocal ? alive.filter(node => node.dataCentre === membership.dataCentre) : alive
  if (counted.length < quota.blockFor) {
    throw unavailable({ consistency, required: quota.blockFor, alive: counted.length }, '')
  }
}

/** Counts answers towards a quota. */
export class Tally {
  readonly #quota: Quota
  readonly #dataCentre: string
  readonly #byDataCentre = new Map<string, number>()
  #received = 0

  constructor(quota: Quota, dataCentre: string) {
    this.#quota = quota
    this.#dataCentre = dataCentre
  }

  /** Answers that count. */
  get received(): number {
    return this.#received
  }

  get isMet(): boolean {
    const { perDataCentre, blockFor } = this.#quota
    if (perDataCentre === undefined) return this.#received >= blockFor
    for (const [dataCentre, required] of perDataCentre) {
      if ((this.#byDataCentre.get(dataCentre) ?? 0) < required) return false
    }
    return true
  }

  add(node: RingNode): void {
    if (this.#quota.isLocal && node.dataCentre !== this.#dataCentre) return
    this.#received++
    if (this.#quota.perDataCentre === undefined) return
    this.#byDataCentre.set(node.dataCentre, (this.#byDataCentre.get(node.dataCentre) ?? 0) + 1)
  }

  /** Whether the quota could still be met if all these answered, too. */
  canBeMetBy(nodes: readonly RingNode[]): boolean {
    const { perDataCentre, blockFor, isLocal: localOnly } = this.#quota
    if (perDataCentre !== undefined) {
      return [...perDataCentre].every(
        ([dataCentre, required]) =>
          (this.#byDataCentre.get(dataCentre) ?? 0) + nodes.filter(node => node.dataCentre === dataCentre).length >=
          required,
      )
    }
    const counting = localOnly ? nodes.filter(node => node.dataCentre === this.#dataCentre) : nodes
    return this.#received + counting.length >= blockFor
  }
}

/** Throws for a level that writes cannot have. */
export function checkWriteLevel(consistency: Consistency): void {
  if (consistency === 'SERIAL' || consistency === 'LOCAL_SERIAL') {
    throw invalid('You must use conditional updates for serializable writes')
  }
}

/** Throws for a level that reads cannot have. */
export function checkReadLevel(consistency: Consistency): void {
  if (consistency === 'ANY') throw invalid('ANY ConsistencyLevel is only supported for writes')
  if (consistency === 'SERIAL' || consistency === 'LOCAL_SERIAL') {
    throw invalid('Serial reads are not part of this server')
  }
}

function unavailable(
  what: { readonly consistency: Consistency; readonly required: number; readonly alive: number },
  where: string,
): RequestError {
  const message = `Cannot achieve consistency level ${what.consistency}${where}`
  return new RequestError({ kind: 'unavailable', ...what }, message)
}
