// What the log knows of each idempotent producer: enough to tell a repeat from a gap. A pure function of the batches in the
// log, so leaders and followers agree on it, and a restart finds it again.

import { ERROR, KafkaError } from '../wire/error-code.ts'
import { NO_PRODUCER_ID } from './record-batch.ts'
import type { BatchHeader } from './record-batch.ts'

/** A batch of a producer that is in the log. */
interface KnownBatch {
  readonly firstSequence: number
  readonly lastSequence: number
  readonly baseOffset: number
  readonly lastOffset: number
  readonly timestampMs: number
}

interface ProducerState {
  epoch: number
  /** The last ones, oldest first. */
  batches: KnownBatch[]
}

/** Kafka's window: an older repeat is not recognised. */
export const KNOWN_BATCHES_MAX = 5

export interface Duplicate {
  readonly baseOffset: number
  readonly lastOffset: number
  readonly timestampMs: number
}

export class ProducerStates {
  #states = new Map<number, ProducerState>()

  get size(): number {
    return this.#states.size
  }

  /**
   * What a leader asks before it appends. Answers the place of the batch if it is in the log already; throws if it is of an
   * old epoch or does not follow what is there.
   */
  check(batch: BatchHeader): Duplicate | undefined {
    if (batch.producerId === NO_PRODUCER_ID) return undefined
    const state = this.#states.get(batch.producerId)
    // An unknown producer may begin anywhere: what it wrote before may have been removed.
    if (state === undefined) return undefined
    if (batch.producerEpoch < state.epoch) throw new KafkaError(ERROR.INVALID_PRODUCER_EPOCH)
    if (batch.producerEpoch > state.epoch) {
      if (batch.firstSequence !== 0) throw new KafkaError(ERROR.OUT_OF_ORDER_SEQUENCE_NUMBER)
      return undefined
    }
    const lastSequence = sequenceAfter(batch.firstSequence, batch.recordCount - 1)
    const known = state.batches.find(
      each => each.firstSequence === batch.firstSequence && each.lastSequence === lastSequence,
    )
    if (known !== undefined) return known
    const last = state.batches.at(-1)
    if (last !== undefined && batch.firstSequence !== sequenceAfter(last.lastSequence, 1)) {
      throw new KafkaError(ERROR.OUT_OF_ORDER_SEQUENCE_NUMBER)
    }
    return undefined
  }

  /** The batch is in the log. */
  add(batch: BatchHeader): void {
    if (batch.producerId === NO_PRODUCER_ID || batch.isControl) return
    let state = this.#states.get(batch.producerId)
    if (state === undefined || state.epoch !== batch.producerEpoch) {
      state = { epoch: batch.producerEpoch, batches: [] }
      this.#states.set(batch.producerId, state)
    }
    state.batches.push({
      firstSequence: batch.firstSequence,
      lastSequence: sequenceAfter(batch.firstSequence, batch.recordCount - 1),
      baseOffset: batch.baseOffset,
      lastOffset: batch.lastOffset,
      timestampMs: batch.maxTimestamp,
    })
    if (state.batches.length > KNOWN_BATCHES_MAX) state.batches.shift()
  }

  clear(): void {
    this.#states = new Map()
  }
}

/** Sequences are 31 bits and begin again at zero. */
function sequenceAfter(sequence: number, count: number): number {
  return (sequence + count) % 0x8000_0000
}
