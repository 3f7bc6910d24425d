// What the rest of the system asks of the store. All writes are facts that stay true: whoever repeats one, and however late
// it lands, does no harm.

import type { Block } from './block.ts'
import type { Pieces } from './open-block.ts'
import type { Progress } from './progress.ts'
import type { SegmentKey, SegmentRow } from './segment.ts'

/** How many replicas must answer: one or most of the own data centre, or most of all. */
export type ReadLevel = 'local-one' | 'local-quorum' | 'quorum'

export interface LogPartition {
  readonly log: number
  readonly partition: number
}

export interface CollectionName {
  readonly project: string
  readonly collection: string
}

/** Every write resolves when a quorum of the own data centre has it; a rejection leaves its outcome unknown. */
export interface BlockWriter {
  writeBlock(block: Pick<Block, 'id' | 'pieces'>, atMicros: number): Promise<void>
  writeCatalog(key: SegmentKey, atMicros: number): Promise<void>
  writeSegment(key: SegmentKey, row: SegmentRow): Promise<void>
  /** Of the own data centre. */
  writeProgress(place: LogPartition, progress: Progress): Promise<void>
  readProgress(place: LogPartition): Promise<Progress | undefined>
}

export interface BlockReader {
  /** The parts of the index in which the collection has rows. */
  readCatalog(name: CollectionName): Promise<readonly SegmentKey[]>
  /** All rows of one part. `beforePage` is called before each page and may throw to end the reading. */
  readSegments(key: SegmentKey, beforePage: () => void): Promise<readonly SegmentRow[]>
  /** Those of the pieces that are found. */
  readPieces(id: string, pieces: readonly number[] | 'all', level: ReadLevel): Promise<Pieces>
}

export type BlockStore = BlockReader & BlockWriter
