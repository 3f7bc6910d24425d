// Which rows of the index to read, so that every offset is taken from exactly one of them.

export interface Interval {
  readonly start: number
  readonly end: number
}

export interface CoverRow extends Interval {
  readonly level: number
  readonly id: string
}

export interface Covered<R> {
  readonly row: R
  /** The parts of the row's interval that count, ascending; undefined: all of it. */
  readonly clips: readonly Interval[] | undefined
}

/**
 * The highest level first, then the longest, then by id: a row counts only for offsets that no row before it has taken.
 * Rows with nothing left to give are not in the answer.
 */
export function cover<R extends CoverRow>(rows: readonly R[]): readonly Covered<R>[] {
  const bounds = [...new Set(rows.flatMap(row => [row.start, row.end]))].sort((a, b) => a - b)
  const placeOf = new Map(bounds.map((bound, place) => [bound, place]))
  // `next[i]`: the first part at or after i that is free; part i lies between bounds i and i + 1.
  const next = Int32Array.from({ length: bounds.length + 1 }, (_, place) => place)
  const chosen: Covered<R>[] = []
  for (const row of [...rows].sort(byPrecedence)) {
    const last = placeOf.get(row.end)!
    const clips: { start: number; end: number }[] = []
    for (let part = freeFrom(next, placeOf.get(row.start)!); part < last; part = freeFrom(next, part)) {
      const [start, end] = [bounds[part]!, bounds[part + 1]!]
      const previous = clips.at(-1)
      if (previous?.end === start) previous.end = end
      else clips.push({ start, end })
      next[part] = part + 1
    }
    const [first] = clips
    if (first === undefined) continue
    const isWhole = first.start === row.start && first.end === row.end
    chosen.push({ row, clips: isWhole ? undefined : clips })
  }
  return chosen
}

function byPrecedence(a: CoverRow, b: CoverRow): number {
  if (a.level !== b.level) return b.level - a.level
  const [lengthA, lengthB] = [a.end - a.start, b.end - b.start]
  if (lengthA !== lengthB) return lengthB - lengthA
  if (a.id !== b.id) return a.id < b.id ? -1 : 1
  return a.start - b.start
}

/** Finds it, and shortens the way for whoever asks next. */
function freeFrom(next: Int32Array, from: number): number {
  let free = from
  while (next[free] !== free) free = next[free]!
  for (let place = from; place !== free;) {
    const following = next[place]!
    next[place] = free
    place = following
  }
  return free
}
