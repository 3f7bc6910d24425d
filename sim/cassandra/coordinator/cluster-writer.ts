// Writes: every mutation goes to all of its replicas, whatever the level; the level says how many the client waits for.

import type { Clock } from '../../../system/runtime/clock.ts'
import { encodeMessage } from '../messaging/message-codec.ts'
import type { Messaging } from '../messaging/messaging.ts'
import { sizeOfWrites, writeWrites } from '../messaging/mutation-codec.ts'
import { MESSAGE_HEAD_BYTES, VERB } from '../messaging/verb.ts'
import type { NodeSettings } from '../node-settings.ts'
import type { RequestError, WriteType } from '../request-error.ts'
import type { Consistency } from '../ring/consistency.ts'
import { tokenOf } from '../ring/murmur3.ts'
import type { Ring, RingNode } from '../ring/ring.ts'
import type { Replica } from '../replica.ts'
import { assureAlive, checkWriteLevel, quotaOf } from './availability.ts'
import type { Membership } from './membership.ts'
import type { Mutation } from './mutation.ts'
import { WriteOperation } from './write-operation.ts'

/** Where what a replica did not take is kept for it. */
export interface HintKeeper {
  /** Resolves with whether the hint is durable; false when the node has been dead for too long. */
  keep(address: string, mutation: Uint8Array): Promise<boolean>
}

export interface ClusterWriterParts {
  readonly clock: Clock
  readonly settings: NodeSettings
  readonly ring: Ring
  readonly membership: Membership
  readonly messaging: Messaging
  readonly replica: Replica
  readonly hints: HintKeeper
}

export class ClusterWriter {
  readonly #parts: ClusterWriterParts
  readonly #operations = new Set<WriteOperation>()

  constructor(parts: ClusterWriterParts) {
    this.#parts = parts
  }

  /** Some replica has not answered a write for so long. */
  hasWaitedFor(ms: number): boolean {
    for (const { startedMs } of this.#operations) return this.#parts.clock.monotonicMs() - startedMs > ms
    return false
  }

  /** Rejects with a RequestError. Mutations are independent of each other: some may be done when it rejects. */
  async write(
    mutations: readonly Mutation[],
    options: { readonly consistency: Consistency; readonly writeType: WriteType },
  ): Promise<void> {
    checkWriteLevel(options.consistency)
    const [only] = mutations
    if (mutations.length === 1 && only !== undefined) {
      await this.#writeOne(only, options)
      return
    }
    const results = await Promise.allSettled(mutations.map(mutation => this.#writeOne(mutation, options)))
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }

  #writeOne(
    mutation: Mutation,
    { consistency, writeType }: { readonly consistency: Consistency; readonly writeType: WriteType },
  ): Promise<void> {
    const { ring, membership, clock, settings, messaging } = this.#parts
    const replicas = ring.replicasOf(mutation.replication, tokenOf(mutation.key))
    const quota = quotaOf(mutation.replication, consistency, membership.dataCentre)
    assureAlive(quota, replicas, membership)
    const asked = replicas.filter(node => node.address === membership.self || membership.isAlive(node.address))
    return new Promise((resolve, reject) => {
      const operation = new WriteOperation({
        ...{ quota, writeType, asked },
        dataCentre: membership.dataCentre,
        startedMs: clock.monotonicMs(),
        onEnough: resolve,
        onRefused: reject as (error: RequestError) => void,
        onComplete: () => {
          timer.cancel()
          messaging.forget(id)
          this.#operations.delete(operation)
        },
      })
      const id = messaging.expect((from, { isDone }) => {
        const node = asked.find(({ address }) => address === from)
        if (node === undefined) return
        if (isDone) {
          operation.acknowledge(node)
        } else {
          operation.fail(node)
          this.#hint(node, bytes())
        }
      })
      let message: Buffer | undefined
      const bytes = (): Buffer => (message ??= encoded(mutation, id))
      const timer = clock.setTimer(settings.writeTimeoutMs, () => {
        messaging.forget(id)
        this.#operations.delete(operation)
        for (const node of operation.unanswered) if (node.address !== membership.self) this.#hint(node, bytes())
        operation.expire()
      })
      this.#operations.add(operation)
      for (const node of replicas) {
        if (node.address === membership.self) this.#applyHere(mutation, operation, node)
        else if (asked.includes(node)) messaging.send(node.address, bytes())
        else this.#hint(node, bytes(), consistency === 'ANY' ? () => operation.count(node) : undefined)
      }
    })
  }

  #applyHere(mutation: Mutation, operation: WriteOperation, node: RingNode): void {
    this.#parts.replica.apply(mutation.writes).then(
      () => operation.acknowledge(node),
      () => operation.fail(node),
    )
  }

  #hint(node: RingNode, message: Buffer, onKept?: () => void): void {
    this.#parts.hints.keep(node.address, message.subarray(MESSAGE_HEAD_BYTES)).then(
      isKept => {
        if (isKept) onKept?.()
      },
      // The disk does not take hints: the node has said so already, and the replica stays behind until it is repaired.
      () => undefined,
    )
  }
}

function encoded({ writes }: Mutation, id: number): Buffer {
  return encodeMessage({ verb: VERB.mutate, id }, writer => writeWrites(writer, writes), sizeOfWrites(writes))
}
