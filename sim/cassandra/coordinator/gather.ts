// Asks replicas and waits until enough of them have answered; asks one more when they are late.

import type { Clock, Timer } from '../../../system/runtime/clock.ts'
import { RequestError } from '../request-error.ts'
import type { RingNode } from '../ring/ring.ts'
import type { Quota } from './availability.ts'
import { Tally } from './availability.ts'

/** Sends a request to a node, and tells how it went. */
export type Ask<A> = (node: RingNode, onAnswer: (answer: A) => void, onFailure: () => void) => void

export interface GatherOptions<A> {
  readonly clock: Clock
  readonly quota: Quota
  readonly dataCentre: string
  readonly asked: readonly RingNode[]
  /** Who may be asked, too. */
  readonly spare: readonly RingNode[]
  readonly speculativeRetryMs: number
  readonly timeoutMs: number
  readonly ask: Ask<A>
  /** As `ask`, for those that were spare. */
  readonly askSpare: Ask<A>
  /** Told of those that have not answered when one more is asked. */
  readonly onLate?: (node: RingNode) => void
  /** Whether the answers are of use, as soon as they are enough: one must have the data. */
  readonly isUsable: (answers: readonly A[]) => boolean
}

export interface Gathered<A> {
  readonly node: RingNode
  readonly answer: A
}

/** Rejects with a read time-out or a read failure. */
export function gather<A>(options: GatherOptions<A>): Promise<readonly Gathered<A>[]> {
  return new Promise((resolve, reject) => {
    const gathering = new Gathering(options, resolve, reject)
    gathering.start()
  })
}

class Gathering<A> {
  readonly #options: GatherOptions<A>
  readonly #resolve: (answers: readonly Gathered<A>[]) => void
  readonly #reject: (error: RequestError) => void
  readonly #tally: Tally
  readonly #answers: Gathered<A>[] = []
  readonly #outstanding = new Set<RingNode>()
  readonly #spare: RingNode[]
  #failures = 0
  #timer: Timer | undefined
  #isOver = false

  constructor(
    options: GatherOptions<A>,
    resolve: (answers: readonly Gathered<A>[]) => void,
    reject: (error: RequestError) => void,
  ) {
    this.#options = options
    this.#resolve = resolve
    this.#reject = reject
    this.#tally = new Tally(options.quota, options.dataCentre)
    this.#spare = [...options.spare]
  }

  start(): void {
    const { clock, asked, spare, speculativeRetryMs, timeoutMs, ask } = this.#options
    for (const node of asked) this.#outstanding.add(node)
    if (spare.length > 0 && speculativeRetryMs < timeoutMs) {
      this.#timer = clock.setTimer(speculativeRetryMs, () => {
        this.#timer = clock.setTimer(timeoutMs - speculativeRetryMs, () => this.#expire())
        for (const late of this.#outstanding) this.#options.onLate?.(late)
        this.#askOneMore()
      })
    } else {
      this.#timer = clock.setTimer(timeoutMs, () => this.#expire())
    }
    for (const node of asked) this.#ask(node, ask)
  }

  #ask(node: RingNode, ask: Ask<A>): void {
    ask(
      node,
      answer => {
        if (this.#isOver || !this.#outstanding.delete(node)) return
        this.#answers.push({ node, answer })
        this.#tally.add(node)
        if (this.#tally.isMet && this.#options.isUsable(this.#answers.map(gathered => gathered.answer))) {
          this.#over()
          this.#resolve(this.#answers)
        }
      },
      () => {
        if (this.#isOver || !this.#outstanding.delete(node)) return
        this.#failures++
        this.#askOneMore()
        if (!this.#tally.canBeMetBy([...this.#outstanding]) || this.#outstanding.size === 0) this.#fail()
      },
    )
  }

  #askOneMore(): void {
    const node = this.#spare.shift()
    if (node === undefined) return
    this.#outstanding.add(node)
    this.#ask(node, this.#options.askSpare)
  }

  #expire(): void {
    if (this.#isOver) return
    this.#over()
    const { consistency, blockFor } = this.#options.quota
    const { received } = this.#tally
    this.#reject(
      new RequestError(
        { kind: 'read-timeout', consistency, received, blockFor, dataPresent: this.#hasData() },
        `Operation timed out - received only ${received} responses.`,
      ),
    )
  }

  #fail(): void {
    if (this.#isOver) return
    this.#over()
    const { consistency, blockFor } = this.#options.quota
    const { received } = this.#tally
    const failures = this.#failures
    this.#reject(
      new RequestError(
        { kind: 'read-failure', consistency, received, blockFor, failures, dataPresent: this.#hasData() },
        `Operation failed - received ${received} responses and ${failures} failures`,
      ),
    )
  }

  #hasData(): boolean {
    return this.#options.isUsable(this.#answers.map(({ answer }) => answer))
  }

  #over(): void {
    this.#isOver = true
    this.#timer?.cancel()
  }
}
