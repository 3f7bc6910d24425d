// A block store in memory: one replica that keeps what it was told, and a list of what was written, in order. Writes may be
// made to fail, before or after they take effect.

import type { BlockStore } from '../../../system/store/block-store.ts'
import type { Progress } from '../../../system/store/progress.ts'
import type { SegmentKey, SegmentRow } from '../../../system/store/segment.ts'

export type WriteKind = 'block' | 'catalog' | 'segment' | 'progress'

export interface MemoryStore extends BlockStore {
  readonly blocks: Map<string, Map<number, Uint8Array>>
  readonly segments: Map<string, { readonly key: SegmentKey; readonly rows: Map<string, SegmentRow> }>
  readonly progress: Map<string, Progress>
  readonly writes: WriteKind[]
  /** Called before each write; what it throws is the write's fate. Returning a function: that is called after the write. */
  onWrite: (kind: WriteKind) => void | (() => unknown) | Promise<void | (() => unknown)>
  onRead: (what: string) => void | Promise<void>
}

export function memoryStore(): MemoryStore {
  const catalog = new Map<string, SegmentKey>()
  const store: MemoryStore = {
    blocks: new Map(),
    segments: new Map(),
    progress: new Map(),
    writes: [],
    onWrite: () => undefined,
    onRead: () => undefined,
    async writeBlock(block) {
      await write('block', () =>
        store.blocks.set(block.id, new Map(block.pieces.map((piece, index) => [index, piece.slice()]))),
      )
    },
    async writeCatalog(key) {
      await write('catalog', () => catalog.set(nameOf(key), key))
    },
    async writeSegment(key, row) {
      await write('segment', () => {
        const part = store.segments.get(nameOf(key)) ?? { key, rows: new Map<string, SegmentRow>() }
        part.rows.set(`${row.start} ${row.end} ${row.id}`, row)
        store.segments.set(nameOf(key), part)
      })
    },
    async writeProgress({ log, partition }, progress) {
      await write('progress', () => {
        const before = store.progress.get(`${log} ${partition}`)
        if (before === undefined || before.end <= progress.end) store.progress.set(`${log} ${partition}`, progress)
      })
    },
    async readProgress({ log, partition }) {
      await store.onRead('progress')
      return store.progress.get(`${log} ${partition}`)
    },
    async readCatalog({ project, collection }) {
      await store.onRead('catalog')
      return [...catalog.values()].filter(key => key.project === project && key.collection === collection)
    },
    async readSegments(key, beforePage) {
      beforePage()
      await store.onRead('segments')
      return [...(store.segments.get(nameOf(key))?.rows.values() ?? [])]
    },
    async readPieces(id, pieces, level) {
      await store.onRead(`pieces ${level}`)
      const block = store.blocks.get(id) ?? new Map<number, Uint8Array>()
      return pieces === 'all' ? new Map(block) : new Map([...block].filter(([piece]) => pieces.includes(piece)))
    },
  }

  async function write(kind: WriteKind, effect: () => unknown): Promise<void> {
    const after = await store.onWrite(kind)
    effect()
    store.writes.push(kind)
    after?.()
  }

  return store
}

function nameOf(key: SegmentKey): string {
  return JSON.stringify([key.project, key.collection, key.month, key.log, key.partition])
}
