// The names of the engine's files. One counter numbers them all, so that a larger number always means later, and no number
// comes twice.

export class FileNumbers {
  #last = 0

  next(): number {
    return ++this.#last
  }

  /** Numbers that are taken already. */
  skip(number: number): void {
    this.#last = Math.max(this.#last, number)
  }
}

export function segmentPath(directory: string, number: number): string {
  return `${directory}/commitlog/${digits(number)}.log`
}

export function sortedFilePath(directory: string, at: { readonly table: string; readonly number: number }): string {
  return `${directory}/data/${at.table}/${digits(at.number)}.sorted`
}

/** The number in the name of a file of that kind; undefined if it is not one. */
export function numberOf(path: string, kind: 'log' | 'sorted'): number | undefined {
  const match = /\/(\d{10})\.(log|sorted)$/.exec(path)
  return match?.[2] === kind ? Number(match[1]) : undefined
}

/** What a file is called until it is whole. Such files that are found at start are rests of a crash. */
export function temporary(path: string): string {
  return `${path}${TEMPORARY}`
}

export function isTemporary(path: string): boolean {
  return path.endsWith(TEMPORARY)
}

const TEMPORARY = '.tmp'

function digits(number: number): string {
  return String(number).padStart(10, '0')
}
