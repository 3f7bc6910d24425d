// What replicas answered, brought together, and what each of them lacks.

import type { Fragment } from '../data/fragment.ts'
import { difference, mergeFragments } from '../data/fragment.ts'
import type { ReadAnswer, ReadCommand, ScanAnswer } from '../read/read-command.ts'
import { emptyFragment, endingAt } from '../read/read-command.ts'
import { placeOf } from '../storage/place.ts'
import { tokenOf } from '../ring/murmur3.ts'

/** `missing` has what the replica of the same index lacks. */
export interface Resolved<A> {
  readonly answer: A
  readonly missing: readonly (readonly Fragment[])[]
}

export function resolveReads(answers: readonly ReadAnswer[], command: ReadCommand): Resolved<ReadAnswer> {
  const ends = answers.flatMap(({ end }) => (end === undefined ? [] : [end])).sort()
  const end = command.isReversed ? ends.at(-1) : ends[0]
  const parts = answers.map(answer => endingAt(answer, command, end).fragment)
  const fragment = parts.reduce(mergeFragments, emptyFragment(command.key))
  return { answer: { fragment, end }, missing: parts.map(part => lacking(fragment, part)) }
}

export function resolveScans(answers: readonly ScanAnswer[]): Resolved<ScanAnswer> {
  const [through] = answers.flatMap(answer => (answer.through === undefined ? [] : [answer.through])).sort()
  const parts = answers.map(({ fragments }) => {
    const covered = through === undefined ? fragments : fragments.filter(fragment => tokenOf(fragment.key) <= through)
    return new Map(covered.map(fragment => [placeOf(fragment.key), fragment]))
  })
  const places = [...new Set(parts.flatMap(part => [...part.keys()]))].sort()
  const fragments = places.map(place =>
    parts.flatMap(part => part.get(place) ?? []).reduce((merged, part) => mergeFragments(merged, part)),
  )
  const missing = parts.map(part =>
    fragments.flatMap((whole, index) => lacking(whole, part.get(places[index] ?? '') ?? emptyFragment(whole.key))),
  )
  return { answer: { fragments, through }, missing }
}

function lacking(whole: Fragment, part: Fragment): readonly Fragment[] {
  const rest = difference(whole, part)
  return rest === undefined ? [] : [rest]
}
