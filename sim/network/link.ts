// The way from one host to another: what is drawn for its segments, and how long they take.

import { drawKey, hashDraw } from '../kernel/entropy.ts'
import { latencyMicros } from './latency.ts'
import type { Latency } from './latency.ts'

export class Link {
  readonly #label: string
  readonly #latency: Latency
  readonly #bytesPerSecond: number
  readonly #purposes = new Map<string, number>()
  readonly #connections = new Map<number, number>()
  #freeAtMicros = 0

  constructor(seed: string, name: string, latency: Latency) {
    this.#label = `${seed}/link ${name}`
    this.#latency = latency
    this.#bytesPerSecond = latency.bytesPerSecond ?? Infinity
  }

  /**
   * A key for the draws of the next connection to that port. It depends on how many there were before it, to the same
   * port over the same link, and on nothing else.
   */
  nextConnectionKey(port: number): number {
    const count = this.#connections.get(port) ?? 0
    this.#connections.set(port, count + 1)
    return drawKey(`${this.#label}:${port}/${count}`)
  }

  /** Drawn for the segment of that number alone: one more segment elsewhere changes nothing here. */
  latencyMicros(connectionKey: number, segment: number): number {
    return latencyMicros(this.#latency, hashDraw(connectionKey, segment))
  }

  /** When the last of so many bytes has left, if they are given to the link now. */
  leavesAtMicros(nowMicros: number, bytes: number): number {
    if (this.#bytesPerSecond === Infinity) return nowMicros
    const from = Math.max(nowMicros, this.#freeAtMicros)
    this.#freeAtMicros = from + Math.ceil((bytes * 1_000_000) / this.#bytesPerSecond)
    return this.#freeAtMicros
  }

  /** In [0, 1). */
  draw(connectionKey: number, segment: number, purpose: string): number {
    let key = this.#purposes.get(purpose)
    if (key === undefined) {
      key = drawKey(`${this.#label}/${purpose}`)
      this.#purposes.set(purpose, key)
    }
    return hashDraw(key ^ connectionKey, segment) / 4294967296
  }
}
