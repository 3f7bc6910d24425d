// The trace of a run as a file: one short row for each entry, so that two runs can be compared without running them again.
//
// Layout, little endian: magic (4 bytes) · version (u16) · row size (u16) · rows (u32) · entries of the run (f64) ·
// length of the names (u32) · names (JSON: kinds and hosts) · rows.
// A row: low half of the running hash with the entry in it (u32) · sequence number (u32) · kind (u16) · host (u16) ·
// virtual time in microseconds (f64).

import type { TraceObserver } from '../sim/kernel/trace.ts'

/** Entries that are kept; a longer run is told apart by its checkpoints, and its rows by running it again. */
export const TRACE_ROWS_MAX = 4_000_000

export interface TraceRow {
  /** With everything before the entry, and the entry; not with what it delivers. */
  readonly hash: number
  /** Counts what was armed, as the world did. */
  readonly sequence: number
  readonly kind: string
  /** Empty: the world's own. */
  readonly host: string
  readonly atMicros: number
}

/** Rows of some entries of a run. */
export interface TraceRows {
  /** `index`: of the entry, from 0. Undefined where the row was not kept, or there was no such entry. */
  row(index: number): TraceRow | undefined
}

export interface TraceFile extends TraceRows {
  /** Rows that are kept: the run's first. */
  readonly rows: number
  /** Entries that the run had. */
  readonly entries: number
}

/** What is wrong with a file that should be a trace. */
export class TraceFileError extends Error {
  override readonly name = 'TraceFileError'
}

/** Gathers rows while a run goes on. */
export class TraceRecorder implements TraceObserver {
  #view = new DataView(new ArrayBuffer(ROW_BYTES * 4_096))
  #rows = 0
  #entries = 0
  readonly #kinds = new Map<string, number>()
  readonly #rowsMax: number

  constructor(rowsMax: number = TRACE_ROWS_MAX) {
    this.#rowsMax = rowsMax
  }

  entry(seen: Omit<Parameters<TraceObserver['entry']>[0], 'index'>): void {
    this.#entries++
    if (this.#rows === this.#rowsMax) return
    const at = this.#rows++ * ROW_BYTES
    if (at === this.#view.byteLength) this.#grow()
    this.#view.setUint32(at, seen.hash, true)
    this.#view.setUint32(at + 4, seen.sequence, true)
    this.#view.setUint16(at + 8, this.#numberOf(seen.kind), true)
    this.#view.setUint16(at + 10, seen.host, true)
    this.#view.setFloat64(at + 12, seen.atMicros, true)
  }

  /** `hosts`: the name of host 1 first; host 0 is the world. */
  encode(hosts: readonly string[]): Uint8Array {
    const names = new TextEncoder().encode(JSON.stringify({ kinds: [...this.#kinds.keys()], hosts: ['', ...hosts] }))
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

  #numberOf(kind: string): number {
    const number = this.#kinds.get(kind) ?? this.#kinds.size
    if (number === this.#kinds.size) this.#kinds.set(kind, number)
    return number
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
  if (bytes.length < HEADER_BYTES || view.getUint32(0, true) !== MAGIC) throw new TraceFileError('no trace')
  const version = view.getUint16(4, true)
  if (version !== VERSION) {
    throw new TraceFileError(`a trace of format ${version}, and this command reads format ${VERSION}`)
  }
  const rows = view.getUint32(8, true)
  const start = HEADER_BYTES + view.getUint32(20, true)
  if (bytes.length !== start + rows * ROW_BYTES) throw new TraceFileError('a trace that was cut short')
  const { kinds, hosts } = parseNames(bytes.subarray(HEADER_BYTES, start))
  return {
    rows,
    entries: view.getFloat64(12, true),
    row(index) {
      if (!Number.isInteger(index) || index < 0 || index >= rows) return undefined
      const at = start + index * ROW_BYTES
      return {
        hash: view.getUint32(at, true),
        sequence: view.getUint32(at + 4, true),
        kind: kinds[view.getUint16(at + 8, true)] ?? '?',
        host: hosts[view.getUint16(at + 10, true)] ?? '?',
        atMicros: view.getFloat64(at + 12, true),
      }
    },
  }
}

const MAGIC = 0x52545346
const VERSION = 1
const HEADER_BYTES = 24
const ROW_BYTES = 20

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
