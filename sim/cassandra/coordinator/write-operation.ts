// One mutation on its way to its replicas. The client is answered when enough of them have it; the operation lives on until
// all have answered or the time is up, as what a replica did not take becomes a hint.

import { RequestError } from '../request-error.ts'
import type { WriteType } from '../request-error.ts'
import type { RingNode } from '../ring/ring.ts'
import type { Quota } from './availability.ts'
import { Tally } from './availability.ts'

export interface WriteOperationOptions {
  readonly quota: Quota
  readonly dataCentre: string
  readonly writeType: WriteType
  /** The replicas that were asked. */
  readonly asked: readonly RingNode[]
  readonly startedMs: number
  readonly onEnough: () => void
  readonly onRefused: (error: RequestError) => void
  /** Every replica has answered. */
  readonly onComplete: () => void
}

export class WriteOperation {
  readonly startedMs: number
  readonly #options: WriteOperationOptions
  readonly #tally: Tally
  readonly #unanswered: Set<RingNode>
  #failures = 0
  #isAnswered = false

  constructor(options: WriteOperationOptions) {
    this.startedMs = options.startedMs
    this.#options = options
    this.#tally = new Tally(options.quota, options.dataCentre)
    this.#unanswered = new Set(options.asked)
  }

  /** Those that have not said that they have it. */
  get unanswered(): ReadonlySet<RingNode> {
    return this.#unanswered
  }

  /** The replica has it. */
  acknowledge(node: RingNode): void {
    if (!this.#unanswered.delete(node)) return
    this.#tally.add(node)
    this.#settle()
  }

  /** The replica cannot take it. */
  fail(node: RingNode): void {
    if (!this.#unanswered.delete(node)) return
    this.#failures++
    this.#settle()
  }

  /** Not a replica, but something that counts as one: a hint, at level ANY. */
  count(node: RingNode): void {
    this.#tally.add(node)
    this.#settle()
  }

  expire(): void {
    if (this.#isAnswered) return
    this.#isAnswered = true
    const { quota, writeType } = this.#options
    const { received } = this.#tally
    this.#options.onRefused(
      new RequestError(
        { kind: 'write-timeout', consistency: quota.consistency, received, blockFor: quota.blockFor, writeType },
        `Operation timed out - received only ${received} responses.`,
      ),
    )
  }

  #settle(): void {
    if (!this.#isAnswered) {
      if (this.#tally.isMet) {
        this.#isAnswered = true
        this.#options.onEnough()
      } else if (this.#failures > 0 && !this.#tally.canBeMetBy([...this.#unanswered])) {
        this.#isAnswered = true
        this.#options.onRefused(this.#failure())
      }
    }
    if (this.#unanswered.size === 0) this.#options.onComplete()
  }

  #failure(): RequestError {
    const { quota, writeType } = this.#options
    const { received } = this.#tally
    const failures = this.#failures
    return new RequestError(
      {
        kind: 'write-failure',
        consistency: quota.consistency,
        received,
        blockFor: quota.blockFor,
        failures,
        writeType,
      },
      `Operation failed - received ${received} responses and ${failures} failures`,
    )
  }
}
