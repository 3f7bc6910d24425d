// Memtables become sorted files, durable all together.

import type { Disk } from '../../../system/runtime/disk.ts'
import type { Fragment } from '../data/fragment.ts'
import type { FileNumbers } from './file-names.ts'
import { sortedFilePath } from './file-names.ts'
import type { Memtable } from './memtable.ts'
import type { SortedFile } from './sorted-file.ts'
import { SortedFileWriter } from './sorted-file-writer.ts'
import type { Table } from './table.ts'

export interface Flushing {
  readonly table: Table
  readonly memtable: Memtable
}

/** Files and their names survive a power loss when it resolves. The memtables must not change meanwhile. */
export async function flushMemtables(
  disk: Disk,
  { directory, numbers }: { readonly directory: string; readonly numbers: FileNumbers },
  flushing: readonly Flushing[],
): Promise<readonly { readonly table: Table; readonly file: SortedFile }[]> {
  const files: { table: Table; file: SortedFile }[] = []
  for (const { table, memtable } of flushing) {
    const number = numbers.next()
    const path = sortedFilePath(directory, { table: table.name, number })
    const writer = await SortedFileWriter.start(disk, { path, number, replaces: [] })
    for (const place of memtable.places()) await writer.add(place, memtable.get(place) as Fragment)
    files.push({ table, file: await writer.finish() })
  }
  if (files.length > 0) await disk.syncDirectory(directory)
  return files
}
