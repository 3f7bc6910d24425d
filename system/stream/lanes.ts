// Which records of the log are repeats: a writer that does not know whether a record was taken sends it again with the same
// number, so a number that is not above the writer's last one says that its record came before.

import type { Lane, LaneTable } from '../store/progress.ts'

/**
 * A pure function of the log up to here: every worker that starts from the same record and table drops the same records,
 * however it cuts the log into ranges. So forgetting, too, follows the order of the log and no clock: one leader whose clock
 * has jumped must not make us forget a lane of which a repeat may still come.
 */
export class Lanes {
  readonly #lastNs: Map<string, number>

  constructor(table: LaneTable) {
    this.#lastNs = new Map(table.map(lane => [lane.writer, lane.lastN]))
  }

  /** Says whether the record is the first with its number, and remembers it. */
  isNew(record: { readonly writer: string; readonly n: number }): boolean {
    const lastN = this.#lastNs.get(record.writer) ?? -1
    // Put at the end again: the order is that of when a writer was last heard of.
    this.#lastNs.delete(record.writer)
    this.#lastNs.set(record.writer, Math.max(lastN, record.n))
    if (this.#lastNs.size > LANES_MAX) this.#forgetFirst()
    return record.n > lastN
  }

  table(): LaneTable {
    return Array.from(this.#lastNs, ([writer, lastN]): Lane => ({ writer, lastN }))
  }

  #forgetFirst(): void {
    for (const writer of this.#lastNs.keys()) {
      this.#lastNs.delete(writer)
      return
    }
  }
}

/**
 * Writers of one partition that are remembered. Each start of a write host is one, and each lane that it retires; between a
 * record and its last repeat lie seconds, in which no installation starts so many.
 */
export const LANES_MAX = 4_096
