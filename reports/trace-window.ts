// Some entries of a run that goes on, with the stacks of where some of them were armed: what a comparison asks of a second
// run when the report of the first does not say.

import type { TraceObserver } from '../sim/kernel/trace.ts'
import type { TraceRow, TraceRows } from './trace-file.ts'

type Seen = Parameters<TraceObserver['entry']>[0]

export interface TraceWindowOptions {
  /** Indices of entries, the second not included. */
  readonly from: number
  readonly to: number
  /** The sequence number of the entry whose stack is wanted. */
  readonly stackOf?: number
}

export class TraceWindow implements TraceObserver {
  readonly captureStacksOf?: { readonly from: number; readonly to: number }
  readonly #options: TraceWindowOptions
  readonly #seen: Seen[] = []
  #stack: string | undefined

  constructor(options: TraceWindowOptions) {
    this.#options = options
    if (options.stackOf !== undefined) this.captureStacksOf = { from: options.stackOf, to: options.stackOf }
  }

  /** Undefined: the entry was not armed, or nobody asked. */
  get armedAt(): string | undefined {
    return this.#stack
  }

  entry(seen: Seen): void {
    if (seen.index >= this.#options.from && seen.index < this.#options.to) this.#seen.push(seen)
  }

  stack(_sequence: number, stack: string): void {
    this.#stack = stack
  }

  /** `hosts`: the name of host 1 first. */
  rows(hosts: readonly string[]): TraceRows {
    const { from } = this.#options
    return { row: index => rowOf(this.#seen[index - from], hosts) }
  }
}

function rowOf(seen: Seen | undefined, hosts: readonly string[]): TraceRow | undefined {
  if (seen === undefined) return undefined
  const { hash, sequence, kind, atMicros } = seen
  return { hash, sequence, kind, host: seen.host === 0 ? '' : (hosts[seen.host - 1] ?? '?'), atMicros }
}
