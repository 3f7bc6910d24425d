// The record of the queue: one request's events for one project, as bytes. Whether an event exists, and its project,
// collection and time, are a pure function of these bytes; nothing that comes after a write host may decide otherwise.
//
// Layout, all integers as LEB128 varints unless said otherwise:
//   version (one byte) · writer (16 bytes) · n · project (length, UTF-8) · receivedAt (ms)
//   count of collections · each: length, UTF-8
//   count of events · each: index of its collection, timestamp − receivedAt (zigzag, ms), length, body

import { RECORD_BYTES_MAX } from '../message-limits.ts'
import type { EpochMs } from '../runtime/clock.ts'

export interface EventRecord {
  /** 128 random bits for each start of a writing process (and for each lane that followed a retired one), as 32 hex digits. */
  readonly writer: string
  /** 0, 1, 2, … within (writer, partition). A worker drops a record whose n is not above the last one of its lane. */
  readonly n: number
  readonly project: string
  readonly receivedAt: EpochMs
  readonly events: readonly RecordedEvent[]
}

export interface RecordedEvent {
  readonly collection: string
  readonly timestamp: EpochMs
  /** The JSON object in UTF-8 as the client sent it, its `keen` included when it had one. */
  readonly body: Uint8Array
}

/** These bytes are no record: truncated, of an unknown version, or out of a bound. */
export class RecordError extends Error {
  override readonly name = 'RecordError'
}

/** An event's id has 18 bits for its index in the record. */
export const RECORD_EVENTS_MAX: number = 2 ** 18 - 1

/** Throws RecordError on what decodeRecord would refuse. */
export function encodeRecord(record: EventRecord): Uint8Array {
  if (!WRITER.test(record.writer)) throw new RecordError('the writer is not 32 hex digits')
  if (record.events.length > RECORD_EVENTS_MAX) throw new RecordError(`more than ${RECORD_EVENTS_MAX} events`)
  const collections = new Map<string, number>()
  for (const { collection } of record.events) {
    if (!collections.has(collection)) collections.set(collection, collections.size)
  }
  const project = Buffer.from(record.project, 'utf8')
  const names = [...collections.keys()].map(name => Buffer.from(name, 'utf8'))
  let bytesMax = 17 + VARINT_BYTES_MAX * 4 + project.length
  for (const name of names) bytesMax += VARINT_BYTES_MAX + name.length
  for (const { body } of record.events) bytesMax += VARINT_BYTES_MAX * 3 + body.length

  const out = new Writer(bytesMax)
  out.byte(VERSION)
  out.bytes(Buffer.from(record.writer, 'hex'))
  out.varint(record.n)
  out.text(project)
  out.varint(record.receivedAt)
  out.varint(names.length)
  for (const name of names) out.text(name)
  out.varint(record.events.length)
  for (const event of record.events) {
    out.varint(collections.get(event.collection) ?? 0)
    out.varint(zigzag(event.timestamp - record.receivedAt))
    out.text(event.body)
  }
  const encoded = out.done()
  if (encoded.length > RECORD_BYTES_MAX) throw new RecordError(`${encoded.length} bytes, more than ${RECORD_BYTES_MAX}`)
  return encoded
}

/** The bodies are views of `bytes`. Throws RecordError. */
export function decodeRecord(bytes: Uint8Array): EventRecord {
  if (bytes.length > RECORD_BYTES_MAX) throw new RecordError(`${bytes.length} bytes, more than ${RECORD_BYTES_MAX}`)
  const source = new Reader(bytes)
  const version = source.byte()
  if (version !== VERSION) throw new RecordError(`version ${version} is unknown`)
  const writer = Buffer.from(source.bytes(16)).toString('hex')
  const n = source.varint()
  const project = source.text()
  const receivedAt = time(source.varint())
  const collections = Array.from({ length: source.count(RECORD_EVENTS_MAX) }, () => source.text())
  const events = Array.from({ length: source.count(RECORD_EVENTS_MAX) }, () => {
    const collection = collections[source.varint()]
    if (collection === undefined) throw new RecordError('an event names no collection of the record')
    const timestamp = time(receivedAt + unzigzag(source.varint()))
    return { collection, timestamp, body: source.bytes(source.varint()) }
  })
  if (!source.isAtEnd) throw new RecordError('there are bytes after the last event')
  return { writer, n, project, receivedAt, events }
}

const VERSION = 1
const WRITER = /^[0-9a-f]{32}$/

/** Seven bits a byte: 8 bytes hold all integers below 2^53, which is what a number holds. */
const VARINT_BYTES_MAX = 8

/** The furthest moment from 1970 that a JavaScript date can name, either way. */
const TIME_MS_MAX = 8_640_000_000_000_000

class Writer {
  readonly #bytes: Uint8Array
  #length = 0

  constructor(bytesMax: number) {
    this.#bytes = new Uint8Array(bytesMax)
  }

  byte(value: number): void {
    this.#bytes[this.#length++] = value
  }

  bytes(value: Uint8Array): void {
    this.#bytes.set(value, this.#length)
    this.#length += value.length
  }

  text(utf8: Uint8Array): void {
    this.varint(utf8.length)
    this.bytes(utf8)
  }

  varint(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) throw new RecordError(`${value} is no integer of 53 bits`)
    let rest = value
    while (rest >= 0x80) {
      this.byte((rest % 0x80) | 0x80)
      rest = Math.floor(rest / 0x80)
    }
    this.byte(rest)
  }

  done(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }
}

class Reader {
  readonly #bytes: Uint8Array
  #position = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.#position === this.#bytes.length
  }

  byte(): number {
    const value = this.#bytes[this.#position]
    if (value === undefined) throw new RecordError('the record is cut off')
    this.#position++
    return value
  }

  bytes(length: number): Uint8Array {
    if (length > this.#bytes.length - this.#position) throw new RecordError('the record is cut off')
    this.#position += length
    return this.#bytes.subarray(this.#position - length, this.#position)
  }

  text(): string {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.bytes(this.varint()))
    } catch (error) {
      if (error instanceof RecordError) throw error
      throw new RecordError('a name is not UTF-8')
    }
  }

  /** What it counts takes at least a byte each, so a hostile count cannot make a long list out of few bytes. */
  count(max: number): number {
    const value = this.varint()
    if (value > max) throw new RecordError(`a count of ${value}, more than ${max}`)
    if (value > this.#bytes.length - this.#position) throw new RecordError('the record is cut off')
    return value
  }

  varint(): number {
    let value = 0
    let scale = 1
    for (let index = 0; index < VARINT_BYTES_MAX; index++) {
      const byte = this.byte()
      value += (byte & 0x7f) * scale
      if (byte < 0x80) {
        if (byte === 0 && index > 0) throw new RecordError('an integer is not in its shortest form')
        if (!Number.isSafeInteger(value)) break
        return value
      }
      scale *= 0x80
    }
    throw new RecordError('an integer has more than 53 bits')
  }
}

function time(ms: number): EpochMs {
  if (!Number.isSafeInteger(ms) || Math.abs(ms) > TIME_MS_MAX) throw new RecordError('a time is out of range')
  return ms
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value
}

function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2
}
