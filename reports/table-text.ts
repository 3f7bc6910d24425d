// Rows of cells as lines with aligned columns.

/** Each row has the same number of cells, which have no line breaks. */
export function formatTable(rows: readonly (readonly string[])[]): readonly string[] {
  const columns = rows[0]?.length ?? 0
  const widths = Array.from({ length: columns }, (_, column) => {
    return Math.max(...rows.map(row => row[column]?.length ?? 0))
  })
  return rows.map(row =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
