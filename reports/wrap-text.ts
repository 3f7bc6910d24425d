// Prose as lines of a limited length.

/** A word that is longer stands alone in its line. */
export function wrapText(text: string, lengthMax: number): readonly string[] {
  const lines: string[] = []
  for (const word of text.split(/\s+/).filter(each => each !== '')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > lengthMax) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}
