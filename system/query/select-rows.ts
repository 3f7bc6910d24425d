// Which events of a block a query is about.

import type { BlockHeader } from '../store/block-header.ts'
import { CREATED_AT_COLUMN, TIMESTAMP_COLUMN } from '../store/block-header.ts'
import type { Column } from '../store/column.ts'
import { kindAt, stringAt } from '../store/column.ts'
import type { Interval } from '../store/cover.ts'
import { placesOf } from '../store/open-block.ts'
import { idAt } from '../store/rows.ts'
import type { Strings } from '../store/strings.ts'
import type { Filter } from './filters.ts'
import type { Predicate } from './predicate.ts'
import { predicateOf } from './predicate.ts'
import type { PropertyPath } from './property-path.ts'
import { isSamePath, startsWith } from './property-path.ts'
import type { Timeframe } from './timeframe.ts'

/** A block whose columns, as far as they are needed, are open. */
export interface OpenBlock {
  readonly header: BlockHeader
  readonly columns: readonly (Column | undefined)[]
}

/** 1 for each event that counts. */
export type Mask = Uint8Array

/** By offset. */
export function maskOfClips(header: BlockHeader, clips: readonly Interval[] | undefined): Mask {
  if (clips === undefined) return new Uint8Array(header.offsets.length).fill(1)
  return Uint8Array.from(header.offsets, offset =>
    clips.some(clip => clip.start <= offset && offset < clip.end) ? 1 : 0,
  )
}

/** Narrows `mask` to the events of the timeframe. */
export function narrowToTimeframe(mask: Mask, block: OpenBlock, { start, end }: Timeframe): void {
  const times = block.columns[TIMESTAMP_COLUMN]!.numbers
  for (let row = 0; row < mask.length; row++) if (times[row]! < start || times[row]! >= end) mask[row] = 0
}

/** Narrows `mask` to the events that pass all filters. */
export function narrowToFilters(mask: Mask, block: OpenBlock, filters: readonly Filter[]): void {
  for (const filter of filters) {
    const passed = maskOfFilter(block, filter)
    for (let row = 0; row < mask.length; row++) mask[row]! &= passed[row]!
  }
}

/** The properties whose values filters look at. */
export function pathsOfFilters(filters: readonly Filter[]): readonly PropertyPath[] {
  return filters.flatMap(filter => (filter.kind === 'or' ? pathsOfFilters(filter.filters) : [filter.path]))
}

function maskOfFilter(block: OpenBlock, filter: Filter): Mask {
  switch (filter.kind) {
    case 'property':
      return maskOfProperty(block, filter.path, predicateOf(filter.test))
    case 'or': {
      const mask = new Uint8Array(block.header.offsets.length)
      for (const one of filter.filters) {
        const passed = maskOfFilter(block, one)
        for (let row = 0; row < mask.length; row++) mask[row]! |= passed[row]!
      }
      return mask
    }
  }
}

function maskOfProperty({ header, columns }: OpenBlock, path: PropertyPath, predicate: Predicate): Mask {
  if (isSamePath(path, KEEN_ID)) {
    return Uint8Array.from(header.offsets, (_, row) => (predicate.string(idAt(header, row)) ? 1 : 0))
  }
  const mask = new Uint8Array(header.offsets.length)
  const [asMissing, asObject] = [bit(predicate.missing), bit(predicate.object)]
  const isParent = header.columns.map(entry => entry.path.length > path.length && startsWith(entry.path, path))
  const ofShape = header.shapes.map(shape => (shape.some(column => isParent[column]) ? asObject : asMissing))
  // Every event has the object keen, whatever else is in it.
  const isKeen = path.length === 1 && path[0] === 'keen'
  for (let row = 0; row < mask.length; row++) mask[row] = isKeen ? asObject : ofShape[header.shapeOf[row]!]!
  const column = header.columns.findIndex(entry => isSamePath(entry.path, path))
  const open = columns[column]
  if (open === undefined) return mask
  const passed = testColumn(open, predicate)
  if (column === TIMESTAMP_COLUMN || column === CREATED_AT_COLUMN) return passed
  const places = placesOf(header, column)
  for (let row = 0; row < mask.length; row++) if (places[row]! >= 0) mask[row] = passed[places[row]!]!
  return mask
}

/** The answer for each value of the column. */
function testColumn(column: Column, predicate: Predicate): Uint8Array {
  const passed = new Uint8Array(column.count)
  if (column.kinds === 'number') {
    for (let index = 0; index < passed.length; index++) passed[index] = bit(predicate.number(column.numbers[index]!))
    return passed
  }
  const strings = testStrings(column.strings, text => predicate.string(text))
  const arrays = testStrings(column.arrays, text => predicate.array(JSON.parse(text) as unknown[]))
  let [numberCount, stringCount, arrayCount] = [0, 0, 0]
  for (let index = 0; index < passed.length; index++) {
    const kind = kindAt(column, index)
    switch (kind) {
      case 'number':
        passed[index] = bit(predicate.number(column.numbers[numberCount++]!))
        break
      case 'string':
        passed[index] = strings(stringCount++)
        break
      case 'array':
        passed[index] = arrays(arrayCount++)
        break
      case 'null':
      case 'true':
      case 'false':
      case 'object':
        passed[index] = bit(predicate[kind])
        break
    }
  }
  return passed
}

/** Each text of a dictionary is tested once. */
function testStrings(strings: Strings, test: (text: string) => boolean): (index: number) => 0 | 1 {
  const { codes } = strings
  if (codes === undefined) return index => bit(test(stringAt(strings, index)))
  const answers = Uint8Array.from(strings.dictionary, text => bit(test(text)))
  return index => answers[codes[index]!] as 0 | 1
}

function bit(holds: boolean): 0 | 1 {
  return holds ? 1 : 0
}

const KEEN_ID: PropertyPath = ['keen', 'id']
