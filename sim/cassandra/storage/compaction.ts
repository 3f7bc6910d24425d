// Merges files of a table, so that reads open few of them and what was deleted goes.

import type { Clock } from '../../../system/runtime/clock.ts'
import type { Disk } from '../../../system/runtime/disk.ts'
import type { FileNumbers } from './file-names.ts'
import { sortedFilePath } from './file-names.ts'
import { mergeFiles } from './merge-files.ts'
import type { SortedFile } from './sorted-file.ts'
import { SortedFileWriter } from './sorted-file-writer.ts'
import type { Table } from './table.ts'

export interface CompactionPlan {
  readonly table: Table
  readonly inputs: readonly SortedFile[]
  readonly gcGraceSeconds: number
}

/** When it resolves, the inputs are gone and nothing else that a reader can see has changed. One at a time for each table. */
export async function compact(
  { disk, clock }: { readonly disk: Disk; readonly clock: Clock },
  { directory, numbers }: { readonly directory: string; readonly numbers: FileNumbers },
  { table, inputs, gcGraceSeconds }: CompactionPlan,
): Promise<void> {
  const number = numbers.next()
  const output = await SortedFileWriter.start(disk, {
    path: sortedFilePath(directory, { table: table.name, number }),
    number,
    replaces: inputs.map(input => input.number),
  })
  const beforeSeconds = Math.floor(clock.wallMs() / 1000) - gcGraceSeconds
  await mergeFiles(inputs, output, place => ({
    beforeSeconds,
    olderThanMicros: table.oldestMicrosOutside(inputs, place),
  }))
  const merged = await output.finish()
  await disk.syncDirectory(directory)
  const isEmpty = merged.places().length === 0
  table.replaceFiles(inputs, isEmpty ? undefined : merged)
  // Should a crash leave some of the inputs, the merged file says that they are rubbish: so it goes last, if it goes.
  for (const input of inputs) await input.remove()
  if (isEmpty) await merged.remove()
}
