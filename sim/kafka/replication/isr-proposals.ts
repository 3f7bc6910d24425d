// Takes leaders' proposals for in-sync sets to the controller: those of a moment together, one request at a time.

import type { Clock } from '../../../system/runtime/clock.ts'
import type { AlterPartition, IsrVerdict } from '../controller/controller-requests.ts'
import type { Partition } from './partition.ts'

export interface IsrProposalsPorts {
  readonly clock: Clock
  readonly self: number
  readonly selfEpoch: () => number
  /** Rejects when the controller did not answer. */
  readonly send: (request: AlterPartition) => Promise<readonly IsrVerdict[]>
}

const RETRY_MS = 500

export class IsrProposals {
  readonly #ports: IsrProposalsPorts
  readonly #waiting = new Map<Partition, readonly number[]>()
  #isBusy = false
  #isStopped = false

  constructor(ports: IsrProposalsPorts) {
    this.#ports = ports
  }

  add(partition: Partition, isr: readonly number[]): void {
    this.#waiting.set(partition, isr)
    if (!this.#isBusy) void this.#work()
  }

  stop(): void {
    this.#isStopped = true
  }

  async #work(): Promise<void> {
    this.#isBusy = true
    // What else is proposed in this moment goes along.
    await Promise.resolve()
    while (this.#waiting.size > 0 && !this.#isStopped) {
      const asked = [...this.#waiting.keys()]
      const request = this.#request()
      this.#waiting.clear()
      try {
        const verdicts = request.proposals.length === 0 ? [] : await this.#ports.send(request)
        for (const partition of asked) settle(partition, verdicts)
      } catch {
        // Not answered: nothing is known. The metadata log tells if it was agreed; if not, it is proposed again.
        await this.#ports.clock.sleep(RETRY_MS)
        for (const partition of asked) settle(partition, [])
      }
    }
    this.#isBusy = false
  }

  #request(): AlterPartition {
    const proposals: AlterPartition['proposals'][number][] = []
    for (const [{ topic, partition, leader }, isr] of this.#waiting) {
      if (leader?.isProposing !== true) continue
      const { leaderEpoch, partitionEpoch } = leader
      proposals.push({ topic, partition, leaderEpoch, partitionEpoch, isr: leader.withEpochs(isr) })
    }
    return { id: this.#ports.self, epoch: this.#ports.selfEpoch(), proposals }
  }
}

function settle(partition: Partition, verdicts: readonly IsrVerdict[]): void {
  const verdict = verdicts.find(each => each.topic === partition.topic && each.partition === partition.partition)
  partition.settleProposal(verdict ?? { error: -1, leaderEpoch: -1, partitionEpoch: -1, isr: [] })
}
