// Reads what a query needs of a block: from one replica if that has it whole and sound, otherwise from more of them.

import type { ReadLevel } from '../store/block-store.ts'
import type { Pieces } from '../store/open-block.ts'
import type { Deadline } from './deadline.ts'
import type { FoundBlock, QueryPorts } from './find-blocks.ts'
import { QueryError } from './query-error.ts'
import { readAgain } from './read-again.ts'
import type { Damaged, ScanPlan, ScanResult } from './scan-block.ts'
import { piecesToScan, scanBlock } from './scan-block.ts'

/**
 * The block's contribution, whole: a piece that is missing or damaged at every level, with most replicas of all data centres
 * asked in the end, is BlockUnreadableError, never less data.
 */
export async function readBlock(
  ports: QueryPorts,
  block: FoundBlock,
  work: { readonly plan: ScanPlan; readonly deadline: Deadline },
): Promise<ScanResult> {
  const { runtime } = ports
  const { id } = block.reference
  return readAgain(runtime, work.deadline, {
    what: 'block',
    read: async () => {
      let lastFailure: unknown
      let damage: Damaged | undefined
      for (const level of LEVELS) {
        work.deadline.check()
        try {
          const scanned = await readAt(ports, block, { plan: work.plan, level })
          if (scanned.kind === 'scanned') return scanned.result
          lastFailure = undefined
          damage = scanned
          runtime.log.count('blocks_not_whole', 1, { level })
          runtime.log.write('warn', 'block not whole', { block: id, level, reason: scanned.reason })
        } catch (error) {
          lastFailure = error
        }
      }
      // Most of all replicas did not answer: that says nothing about the block.
      if (lastFailure !== undefined) throw lastFailure as Error
      runtime.log.write('error', 'block unreadable', { block: id, reason: damage?.reason })
      throw new QueryError('BlockUnreadableError', `The block ${id} cannot be read: ${damage?.reason}.`)
    },
  })
}

const LEVELS: readonly ReadLevel[] = ['local-one', 'local-quorum', 'quorum']

type Outcome = { readonly kind: 'scanned'; readonly result: ScanResult } | Damaged

async function readAt(
  ports: QueryPorts,
  { reference, clips }: FoundBlock,
  { plan, level }: { readonly plan: ScanPlan; readonly level: ReadLevel },
): Promise<Outcome> {
  const { runtime, store } = ports
  const blockId = reference.id
  const isSmall = reference.rawBytes <= WHOLE_RAW_BYTES_MAX
  const isWhole = plan.output.kind === 'events' && plan.output.properties === undefined
  let pieces: Pieces
  if (isSmall || isWhole) {
    pieces = await store.readPieces(blockId, 'all', level)
  } else {
    const header = (await store.readPieces(blockId, [0], level)).get(0)
    const wanted = await runtime.cpu.run({ name: 'open block', costMicros: OPEN_MICROS }, piecesToScan, plan, {
      blockId,
      header,
    })
    if (wanted.kind === 'damaged') return wanted
    const others = await store.readPieces(blockId, wanted.pieces, level)
    pieces = new Map([...(header === undefined ? [] : ([[0, header]] as const)), ...others])
  }
  const input = { blockId, events: reference.events, clips, pieces }
  return runtime.cpu.run({ name: 'scan block', costMicros: costOf(plan, reference.events) }, scanBlock, plan, input)
}

function costOf(plan: ScanPlan, events: number): number {
  const perEvent = plan.output.kind === 'events' ? EXTRACT_MICROS_PER_EVENT : SCAN_MICROS_PER_EVENT
  return OPEN_MICROS + events * perEvent
}

/** Below it, one round trip for all is better than two for a part: compressed, it is a quarter or less. */
const WHOLE_RAW_BYTES_MAX = 256 * 1024

/** Measured with events of 20 properties: opening a header, testing a value, restoring an event. */
const OPEN_MICROS = 60
const SCAN_MICROS_PER_EVENT = 0.05
const EXTRACT_MICROS_PER_EVENT = 4
