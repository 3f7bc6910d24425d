// The unit of writing: everything that one request changes in one partition key of one keyspace. Replicas take it whole.

import type { Fragment } from '../data/fragment.ts'
import { mergeFragments, normalized } from '../data/fragment.ts'
import type { Row } from '../data/row.ts'
import type { Replication } from '../ring/replication.ts'
import type { Table } from '../schema/table.ts'
import type { Write } from '../storage/storage-engine.ts'

export interface Mutation {
  readonly replication: Replication
  readonly key: Uint8Array
  readonly writes: readonly Write[]
}

export interface TableFragment {
  readonly table: Table
  readonly fragment: Fragment
}

/** In the order in which their keys first come. */
export function mutationsOf(parts: readonly TableFragment[]): readonly Mutation[] {
  const [only] = parts
  if (parts.length === 1 && only !== undefined) return [mutationOf([only])]
  const groups = new Map<string, TableFragment[]>()
  for (const part of parts) {
    const name = `${part.table.keyspace}\0${Buffer.from(part.fragment.key).toString('latin1')}`
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [part])
    else group.push(part)
  }
  return [...groups.values()].map(mutationOf)
}

function mutationOf(parts: readonly TableFragment[]): Mutation {
  const [first] = parts
  if (first === undefined) throw new RangeError('a mutation of nothing')
  const { table, fragment } = first
  const { replication } = table
  if (parts.length === 1) return { replication, key: fragment.key, writes: [{ table: table.storageName, fragment }] }
  const byTable = new Map<string, Fragment[]>()
  for (const part of parts) {
    const fragments = byTable.get(part.table.storageName)
    if (fragments === undefined) byTable.set(part.table.storageName, [part.fragment])
    else fragments.push(part.fragment)
  }
  const writes = [...byTable].map(([name, fragments]) => ({ table: name, fragment: joined(fragments) }))
  return { replication, key: fragment.key, writes }
}

/** Many rows of one partition at once: merged pair by pair, they would be copied again and again. */
function joined(fragments: readonly Fragment[]): Fragment {
  const [first] = fragments
  if (first === undefined) throw new RangeError('nothing to join')
  const isPlain = fragments.every(fragment => fragment.deletion === undefined && fragment.ranges.length === 0)
  if (!isPlain) return fragments.reduce(mergeFragments)
  const rows = fragments.flatMap(fragment => fragment.rows)
  rows.sort((a, b) => (a.place < b.place ? -1 : a.place > b.place ? 1 : 0))
  if (hasPlaceTwice(rows)) return fragments.reduce(mergeFragments)
  return normalized({ ...first, rows })
}

function hasPlaceTwice(rows: readonly Row[]): boolean {
  return rows.some((row, index) => row.place === rows[index + 1]?.place)
}
