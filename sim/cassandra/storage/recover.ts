// What a node finds on its disk when it starts: sorted files, rests of what was under way, and a commit log to replay.

import type { Disk } from '../../../system/runtime/disk.ts'
import { readRecord } from './commit-log-record.ts'
import { FileNumbers, isTemporary, numberOf } from './file-names.ts'
import { openRecordLog, readWholeRecordLog } from './record-log.ts'
import type { Segment } from './segments.ts'
import type { SortedFile } from './sorted-file.ts'
import { openSortedFile } from './sorted-file.ts'
import { Table } from './table.ts'

export interface Recovered {
  readonly tables: Map<string, Table>
  /** All of them are closed, and all that they hold is in the tables. */
  readonly segments: readonly Segment[]
  readonly numbers: FileNumbers
  readonly records: number
}

/** Rejects with a StorageError if something is damaged that was durable. */
export async function recover(disk: Disk, directory: string): Promise<Recovered> {
  const numbers = new FileNumbers()
  const tables = new Map<string, Table>()
  for (const [name, files] of await openFiles(disk, directory, numbers)) tables.set(name, new Table(name, files))
  const segments: Segment[] = []
  let records = 0
  const paths = (await disk.list(`${directory}/commitlog`)).filter(path => numberOf(path, 'log') !== undefined)
  for (const [index, path] of paths.entries()) {
    const number = numberOf(path, 'log') ?? 0
    numbers.skip(number)
    const bodies = index < paths.length - 1 ? await readWholeRecordLog(disk, path) : await readLast(disk, path)
    let bytes = 0
    for (const body of bodies) {
      bytes += body.length
      await replay({ tables, numbers }, body)
    }
    records += bodies.length
    if (bodies.length > 0) segments.push({ number, bytes })
    else await disk.remove(path)
  }
  return { tables, segments, numbers, records }
}

/** What a process had appended when it ended is durable from now on: it will have been seen. */
async function readLast(disk: Disk, path: string): Promise<readonly Buffer[]> {
  const { log, records } = await openRecordLog(disk, path)
  await log.close()
  return records
}

async function replay({ tables, numbers }: Pick<Recovered, 'tables' | 'numbers'>, body: Buffer): Promise<void> {
  const record = readRecord(body)
  switch (record.kind) {
    case 'mutation':
      for (const { table, fragment } of record.writes) tableOf(tables, table).add(fragment)
      return
    case 'drop': {
      numbers.skip(record.filesBelow)
      const dropped = tableOf(tables, record.table)
      const kept = dropped.files.filter(file => file.number >= record.filesBelow)
      tables.set(record.table, new Table(record.table, kept))
      for (const file of dropped.files) if (file.number < record.filesBelow) await file.remove()
    }
  }
}

export function tableOf(tables: Map<string, Table>, name: string): Table {
  let table = tables.get(name)
  if (table === undefined) {
    table = new Table(name)
    tables.set(name, table)
  }
  return table
}

async function openFiles(
  disk: Disk,
  directory: string,
  numbers: FileNumbers,
): Promise<ReadonlyMap<string, readonly SortedFile[]>> {
  const files = new Map<string, SortedFile[]>()
  for (const path of await disk.list(`${directory}/data`)) {
    if (isTemporary(path)) await disk.remove(path)
    const number = numberOf(path, 'sorted')
    if (number === undefined) continue
    numbers.skip(number)
    const name = path.slice(`${directory}/data/`.length, path.lastIndexOf('/'))
    const file = await openSortedFile(disk, { path, number })
    const known = files.get(name)
    if (known === undefined) files.set(name, [file])
    else known.push(file)
  }
  for (const [name, found] of files) {
    const replaced = new Set(found.flatMap(file => file.replaces))
    for (const file of found) if (replaced.has(file.number)) await file.remove()
    files.set(
      name,
      found.filter(file => !replaced.has(file.number)),
    )
  }
  return files
}
