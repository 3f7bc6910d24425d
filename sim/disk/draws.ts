// What chance decides on a disk: keyed by the host, the path and the number of the operation there, so that one more
// operation on one file changes nothing for another.

import { drawKey, hashDraw } from '../kernel/entropy.ts'

export class DrawsOfPath {
  /** For the trace, too. */
  readonly key: number
  #operations = 0

  constructor(seed: string, host: string, path: string) {
    this.key = drawKey(`${seed}/disk ${host}/${path}`)
  }

  /** Two draws for the next operation. */
  next(): { readonly latency: number; readonly effect: number } {
    const operation = this.#operations++
    return { latency: hashDraw(this.key, operation), effect: hashDraw(this.key ^ EFFECT, operation) / 2 ** 32 }
  }

  /** In [0, 1]: how much of what was not durable survives a power loss. Often nothing, at times all. */
  surviving(): number {
    const draw = hashDraw(this.key ^ POWER, this.#operations++) / 2 ** 32
    if (draw < NOTHING_SHARE) return 0
    return Math.min(1, (draw - NOTHING_SHARE) / (1 - NOTHING_SHARE - ALL_SHARE))
  }
}

const NOTHING_SHARE = 0.3
const ALL_SHARE = 0.1

const EFFECT = 0x68e31da4
const POWER = 0x3c6ef372
