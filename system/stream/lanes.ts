// Which records of the log are repeats: a writer that does not know whether a record was taken sends it again with the same
// number, so a number that is not above the writer's last one says that its record came before.

import type { EpochMs } from '../runtime/clock.ts'
import type { Lane, LaneTable } from '../store/progress.ts'

/**
 * A pure function of the log up to here: every worker that starts from the same record and table drops the same records,
 * however it cuts the log into ranges. So forgetting, too, follows the log's own clock and order.
 */
export class Lanes {
  readonly #lanes: Map<string, Lane>
  #logTimeMs: EpochMs

  constructor(table: LaneTable) {
    this.#logTimeMs = table.logTimeMs
    this.#lanes = new Map(table.lanes.map(lane => [lane.writer, lane]))
  }

  /** Says whether the record is the first with its number, and remembers it. */
  isNew(record: { readonly writer: string; readonly n: number; readonly appendTimeMs: EpochMs }): boolean {
    this.#logTimeMs = Math.max(this.#logTimeMs, record.appendTimeMs)
    const lane = this.#lanes.get(record.writer)
    const lastN = lane !== undefined && !this.#isForgotten(lane) ? lane.lastN : -1
    // Put at the end again: the order is that of when a writer was last heard of.
    this.#lanes.delete(record.writer)
    this.#lanes.set(record.writer, {
      writer: record.writer,
      lastN: Math.max(lastN, record.n),
      heardMs: this.#logTimeMs,
    })
    if (this.#lanes.size > LANES_MAX) this.#forgetFirst()
    return record.n > lastN
  }

  table(): LaneTable {
    const lanes = [...this.#lanes.values()].filter(lane => !this.#isForgotten(lane))
    return { logTimeMs: this.#logTimeMs, lanes }
  }

  #isForgotten(lane: Lane): boolean {
    return lane.heardMs < this.#logTimeMs - LANE_MEMORY_MS
  }

  #forgetFirst(): void {
    for (const writer of this.#lanes.keys()) {
      this.#lanes.delete(writer)
      return
    }
  }
}

/** No writer repeats a record for so long: what it cannot send within its deadline it gives up. */
const LANE_MEMORY_MS = 7 * 24 * 3_600_000

/** Writers of one partition that are remembered. Each start of a write host is one, and each lane that it retires. */
export const LANES_MAX = 20_000
