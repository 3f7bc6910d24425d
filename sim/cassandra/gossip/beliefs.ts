// What this node believes of the others when it coordinates: alive by gossip, doubtful by what it has just seen itself. The
// second is a small part of Cassandra's dynamic snitch: whoever was late or could not be reached is asked last for a while.

import type { Clock } from '../../../system/runtime/clock.ts'
import type { CassandraNodeAddress } from '../cluster.ts'
import type { Membership } from '../coordinator/membership.ts'
import type { Messaging } from '../messaging/messaging.ts'
import type { Gossiper } from './gossiper.ts'

export class Beliefs implements Membership {
  readonly self: string
  readonly dataCentre: string
  readonly #parts: { readonly clock: Clock; readonly gossiper: Gossiper; readonly messaging: Messaging }
  readonly #lateSinceMs = new Map<string, number>()

  constructor(
    self: CassandraNodeAddress,
    parts: { readonly clock: Clock; readonly gossiper: Gossiper; readonly messaging: Messaging },
  ) {
    this.self = self.address
    this.dataCentre = self.dataCentre
    this.#parts = parts
  }

  isAlive(address: string): boolean {
    return this.#parts.gossiper.isAlive(address)
  }

  isDoubtful(address: string): boolean {
    const sinceMs = Math.max(this.#lateSinceMs.get(address) ?? -Infinity, this.#parts.messaging.lastFailureMs(address))
    return this.#parts.clock.monotonicMs() - sinceMs < DOUBT_MS
  }

  doubt(address: string): void {
    this.#lateSinceMs.set(address, this.#parts.clock.monotonicMs())
  }
}

const DOUBT_MS = 10_000
