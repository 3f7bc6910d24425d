// Many runs of one measurement in one line, and all lines as a table.

export interface Series {
  readonly measurement: string
  /** Ours, or the name of a peer. */
  readonly by: string
  readonly says: string
  readonly unit: string
  readonly values: readonly number[]
  /** The largest of all runs; a peer's is not asked for. */
  readonly peakBytes?: number
}

export interface Summary extends Series {
  readonly median: number
  readonly min: number
  readonly max: number
  /** Our median over this peer's. */
  readonly oursOverThis?: number
}

export const OURS = 'foreshock'

export function summarise(series: readonly Series[]): readonly Summary[] {
  const medians = new Map(
    series.filter(({ by }) => by === OURS).map(({ measurement, values }) => [measurement, medianOf(values)]),
  )
  return series.map(each => {
    const median = medianOf(each.values)
    const ours = medians.get(each.measurement)
    return {
      ...each,
      median,
      min: Math.min(...each.values),
      max: Math.max(...each.values),
      ...(each.by === OURS || ours === undefined ? {} : { oursOverThis: ours / median }),
    }
  })
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return ((sorted[middle] ?? 0) + (sorted[sorted.length - 1 - middle] ?? 0)) / 2
}

export function formatSummaries(summaries: readonly Summary[]): string {
  const rows = summaries.map(summary => [
    summary.by === OURS ? summary.measurement : `  ${summary.by}`,
    ...[summary.median, summary.min, summary.max].map(formatNumber),
    summary.unit,
    summary.peakBytes === undefined ? '' : `${Math.round(summary.peakBytes / 2 ** 20)} MiB`,
    summary.oursOverThis === undefined ? summary.says : `ours is ${summary.oursOverThis.toPrecision(3)} times as fast`,
  ])
  const table = [['', 'median', 'min', 'max', '', 'memory', ''], ...rows]
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map(row => row[column]?.length ?? 0)))
  const isNumber = (column: number): boolean => column >= 1 && column <= 3
  return table
    .map(row =>
      row
        .map((cell, column) =>
          isNumber(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function formatNumber(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',')
}
