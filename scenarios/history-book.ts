// Takes down what clients do and see, as it happens. An operation that never returned stands in it with what is known.

import type {
  History,
  Operation,
  Phase,
  QueryOperation,
  QueryResult,
  Reply,
  WriteItem,
  WriteOperation,
} from './history.ts'

/** What is known of an operation when it is called. */
export type WriteCall = Pick<WriteOperation, 'host' | 'form' | 'project' | 'items'>
export type QueryCall = Pick<QueryOperation, 'host' | 'query'>

export class HistoryBook {
  readonly #nowMicros: () => number
  readonly #operations: Operation[] = []
  readonly #open = new Set<number>()
  phase: Phase = 'warm-up'

  constructor(nowMicros: () => number) {
    this.#nowMicros = nowMicros
  }

  /** In the order in which they were called; those that have not returned return now. */
  history(): History {
    const returnedMicros = this.#nowMicros()
    return this.#operations.map((operation, index) =>
      this.#open.has(index) ? { ...operation, returnedMicros } : operation,
    )
  }

  /** The items' fates are `unknown` until the operation returns. */
  writeCalled(call: WriteCall): (reply: Reply, items: readonly WriteItem[]) => void {
    const { index, ...times } = this.#called()
    const operation: WriteOperation = { kind: 'write', ...call, ...times, reply: NOT_RETURNED }
    this.#operations[index] = operation
    return (reply, items) => this.#returned(index, { ...operation, reply, items })
  }

  queryCalled(call: QueryCall): (reply: Reply, result: QueryResult | undefined) => void {
    const { index, ...times } = this.#called()
    const operation: QueryOperation = { kind: 'query', ...call, ...times, reply: NOT_RETURNED }
    this.#operations[index] = operation
    return (reply, result) =>
      this.#returned(index, { ...operation, reply, ...(result === undefined ? {} : { result }) })
  }

  #called(): { index: number; phase: Phase; invokedMicros: number; returnedMicros: number } {
    const index = this.#operations.length
    const nowMicros = this.#nowMicros()
    this.#open.add(index)
    return { index, phase: this.phase, invokedMicros: nowMicros, returnedMicros: nowMicros }
  }

  #returned(index: number, operation: Operation): void {
    this.#open.delete(index)
    this.#operations[index] = { ...operation, returnedMicros: this.#nowMicros() }
  }
}

const NOT_RETURNED: Reply = { kind: 'none', why: 'the run ended before it returned' }
