// How likely a node's silence is, from how often it was heard before: the phi accrual failure detector as Cassandra has it.

export interface FailureDetectorOptions {
  readonly phiConvictThreshold: number
  /** What a node is expected to be heard in before anything is known; longer intervals than it are not learnt from. */
  readonly intervalMsMax: number
}

export class FailureDetector {
  readonly #options: FailureDetectorOptions
  readonly #arrivals = new Map<string, Arrivals>()

  constructor(options: FailureDetectorOptions) {
    this.#options = options
  }

  /** The node was heard of. */
  report(address: string, nowMs: number): void {
    const arrivals = this.#arrivals.get(address)
    if (arrivals === undefined) this.#arrivals.set(address, new Arrivals(nowMs, this.#options.intervalMsMax))
    else arrivals.add(nowMs)
  }

  /** It is another process now: what was learnt of the old one says nothing about it. */
  forget(address: string): void {
    this.#arrivals.delete(address)
  }

  isConvicted(address: string, nowMs: number): boolean {
    const arrivals = this.#arrivals.get(address)
    if (arrivals === undefined) return true
    return PHI_FACTOR * (arrivals.silenceMs(nowMs) / arrivals.meanMs) > this.#options.phiConvictThreshold
  }
}

/** The intervals between the last arrivals. */
class Arrivals {
  readonly #intervals = new Float64Array(WINDOW)
  readonly #intervalMsMax: number
  #count = 1
  #next = 1
  #sum: number
  #lastMs: number

  constructor(nowMs: number, intervalMsMax: number) {
    this.#intervalMsMax = intervalMsMax
    this.#lastMs = nowMs
    this.#intervals[0] = intervalMsMax
    this.#sum = intervalMsMax
  }

  get meanMs(): number {
    return this.#sum / this.#count
  }

  silenceMs(nowMs: number): number {
    return nowMs - this.#lastMs
  }

  add(nowMs: number): void {
    const interval = nowMs - this.#lastMs
    this.#lastMs = nowMs
    if (interval > this.#intervalMsMax) return
    if (this.#count === WINDOW) this.#sum -= this.#intervals[this.#next] ?? 0
    else this.#count++
    this.#intervals[this.#next] = interval
    this.#sum += interval
    this.#next = (this.#next + 1) % WINDOW
  }
}

const WINDOW = 1000

/** 1 / ln 10: phi is the negative decimal logarithm of the probability. */
const PHI_FACTOR = 1 / Math.LN10
