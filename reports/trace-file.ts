// The trace of a run as a file: one short row for each entry, so that two runs can be compared without running them again.
//
// Layout, little endian: magic (4 bytes) · version (u16) · row size (u16) · rows (u32) · entries of the run (f64) ·
// length of the names (u32) · names (JSON: kinds and hosts) · rows.
// A row: low half of the running hash after the entry (u32) · kind (u16) · host (u16) · virtual time in microseconds (f64).

/** Entries that are kept; a longer run is told apart by its checkpoints, and its rows by running it again. */
export const TRACE_ROWS_MAX = 4_000_000

export interface TraceRow {
  readonly hash: number
  readonly kind: string
  /** Empty: the world's own. */
  readonly host: string
  readonly atMicros: number
}

export interface TraceFile {
  /** Rows that are kept: the run's first. */
  readonly rows: number
  /** Entries that the run had. */
  readonly entries: number
  row(index: number): TraceRow
  /** The hash of a row alone, for a quick comparison. */
  hashOf(index: number): number
}

/** What is wrong with a file that should be a trace. */
export class TraceFileError extends Error {
  override readonly name = 'TraceFileError'
}

/** Gathers rows while a run goes on. */
export class TraceRecorder {
  #view = new DataView(new ArrayBuffer(ROW_BYTES * 4_096))
  #rows = 0
  #entries = 0
  readonly #kinds = new Map<string, number>()
  readonly #hosts = new Map<string, number>()
  readonly #rowsMax: number

  constructor(rowsMax: number = TRACE_ROWS_MAX) {
    this.#rowsMax = rowsMax
  }

  add(row: TraceRow): void {
    this.#entries++
    if (this.#rows === this.#rowsMax) return
    const at = this.#rows++ * ROW_BYTES
    if (at === this.#view.byteLength) this.#grow()
    this.#view.setUint32(at, row.hash, true)
    this.#view.setUint16(at + 4, numberOf(row.kind, this.#kinds), true)
    this.#view.setUint16(at + 6, numberOf(row.host, this.#hosts), true)
    this.#view.setFloat64(at + 8, row.atMicros, true)
  }

  encode(): Uint8Array {
    const names = new TextEncoder().encode(
      JSON.stringify({ kinds: [...this.#kinds.keys()], hosts: [...this.#hosts.keys()] }),
    )
    const rowBytes = this.#rows * ROW_BYTES
    const bytes = new Uint8Array(HEADER_BYTES + names.length + rowBytes)
    const view = new DataView(bytes.buffer)
    view.setUint32(0, MAGIC, true)
    view.setUint16(4, VERSION, true)
    view.setUint16(6, ROW_BYTES, true)
    view.setUint32(8, this.#rows, true)
    view.setFloat64(12, this.#entries, true)
    view.setUint32(20, names.length, true)
    bytes.set(names, HEADER_BYTES)
    bytes.set(new Uint8Array(this.#view.buffer, 0, rowBytes), HEADER_BYTES + names.length)
    return bytes
  }

  #grow(): void {
    const larger = new Uint8Array(this.#view.byteLength * 2)
    larger.set(new Uint8Array(this.#view.buffer))
    this.#view = new DataView(larger.buffer)
  }
}

/** Throws TraceFileError on anything that `TraceRecorder.encode` did not write. */
export function decodeTrace(bytes: Uint8Array): TraceFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < HEADER_BYTES || view.getUint32(0, true) !== MAGIC) throw new TraceFileError('this is no trace')
  const version = view.getUint16(4, true)
  if (version !== VERSION)
    throw new TraceFileError(`a trace of format ${version}; this command reads format ${VERSION}`)
  const rows = view.getUint32(8, true)
  const namesBytes = view.getUint32(20, true)
  const start = HEADER_BYTES + namesBytes
  if (bytes.length !== start + rows * ROW_BYTES) throw new TraceFileError('a trace that was cut short')
  const { kinds, hosts } = parseNames(bytes.subarray(HEADER_BYTES, start))
  const offsetOf = (index: number): number => {
    if (!Number.isInteger(index) || index < 0 || index >= rows) throw new RangeError(`row ${index} of ${rows}`)
    return start + index * ROW_BYTES
  }
  return {
    rows,
    entries: view.getFloat64(12, true),
    row(index) {
      const at = offsetOf(index)
      return {
        hash: view.getUint32(at, true),
        kind: kinds[view.getUint16(at + 4, true)] ?? '?',
        host: hosts[view.getUint16(at + 6, true)] ?? '?',
        atMicros: view.getFloat64(at + 8, true),
      }
    },
    hashOf: index => view.getUint32(offsetOf(index), true),
  }
}

const MAGIC = 0x52545346
const VERSION = 1
const HEADER_BYTES = 24
const ROW_BYTES = 16

function numberOf(name: string, known: Map<string, number>): number {
  const number = known.get(name)
  if (number !== undefined) return number
  known.set(name, known.size)
  return known.size - 1
}

function parseNames(bytes: Uint8Array): { readonly kinds: readonly string[]; readonly hosts: readonly string[] } {
  try {
    const { kinds, hosts } = JSON.parse(new TextDecoder().decode(bytes)) as { kinds: unknown; hosts: unknown }
    if (isTexts(kinds) && isTexts(hosts)) return { kinds, hosts }
  } catch {
    // Said below, as for any other fault of the names.
  }
  throw new TraceFileError('a trace whose names cannot be read')
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(item => typeof item === 'string')
}
