// What a node does as a replica, for its own coordinator and for those of others.

import { sizeOfFragment } from './data/fragment-size.ts'
import type { ReadAnswer, ReadCommand, ScanAnswer, ScanCommand } from './read/read-command.ts'
import { answerRead } from './read/read-command.ts'
import { tokenOf } from './ring/murmur3.ts'
import type { Schema } from './schema/schema.ts'
import type { StorageEngine, Write } from './storage/storage-engine.ts'

/** The node does not know the table: its schema is behind, or the sender's is. */
export class UnknownTable extends Error {
  override readonly name = 'UnknownTable'
}

export interface Replica {
  /** As durable as the storage engine makes it when it resolves. */
  apply(writes: readonly Write[]): Promise<void>
  read(command: ReadCommand): Promise<ReadAnswer>
  scan(command: ScanCommand): Promise<ScanAnswer>
}

export function createReplica(storage: StorageEngine, schema: () => Schema): Replica {
  const check = (table: string): void => {
    if (schema().tableStoredAs(table) === undefined) throw new UnknownTable(`there is no table ${table}`)
  }
  return {
    async apply(writes) {
      for (const { table } of writes) check(table)
      await storage.apply(writes)
    },
    async read(command) {
      check(command.table)
      return answerRead(await storage.read(command.table, command.key), command)
    },
    async scan({ table, after, to, limit }) {
      check(table)
      const fragments = await storage.scan(table, { after, to }, limit)
      let bytes = 0
      for (const [index, fragment] of fragments.entries()) {
        bytes += sizeOfFragment(fragment)
        const isEnough = bytes > SCAN_BYTES_MAX && index + 1 < fragments.length
        if (isEnough) return { fragments: fragments.slice(0, index + 1), through: tokenOf(fragment.key) }
      }
      const last = fragments.at(-1)
      return { fragments, through: last === undefined || fragments.length < limit ? undefined : tokenOf(last.key) }
    },
  }
}

/** A scan's answer ends when it is so large. */
const SCAN_BYTES_MAX: number = 1024 * 1024
