// From the bytes of a request to its events, each with its own fate.

import { isUtf8 } from 'node:buffer'
import type { Limits } from '../configuration.ts'
import type { EpochMs } from '../runtime/clock.ts'
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  JsonScanner,
  JsonSyntaxError,
  OPEN_BRACE,
  OPEN_BRACKET,
} from './json-scan.ts'
import type { JsonSpan } from './json-scan.ts'
import { refuseCollectionName } from './names.ts'
import type { Refusal } from './refusal.ts'
import { validateEvent } from './validate-event.ts'

/** One event of a request, or what stands in its place. `timestamp` is undefined where the client sent none. */
export type ReadEvent =
  | { readonly kind: 'event'; readonly timestamp: EpochMs | undefined; readonly body: Uint8Array }
  | { readonly kind: 'refused'; readonly refusal: Refusal }

/** What is wrong with the request as a whole; nothing of it is taken. */
export type BodyFault =
  | { readonly kind: 'not-json'; readonly what: string }
  | { readonly kind: 'not-a-batch'; readonly what: string }
  | { readonly kind: 'too-large'; readonly what: string }

/** The body of a single event. */
export function readSingle(bytes: Uint8Array, limits: Limits): ReadEvent | BodyFault {
  if (bytes.length > limits.eventBytesMax) return tooLarge(overSize(bytes.length, limits))
  return caught(bytes, () => {
    const scanner = new JsonScanner(bytes)
    const span = scanner.value()
    scanner.expectEnd()
    return readEvent(bytes, span, limits)
  })
}

/** The body of a bulk request: collections in the order in which they came, events in theirs. */
export type ReadBatch = { readonly kind: 'batch'; readonly collections: ReadonlyMap<string, readonly ReadEvent[]> }

/**
 * First all of it is read and counted, so that nothing is built of a body that is not JSON, is no object of lists, or has too
 * many events. Of a collection that is named twice the last list counts, as in any JSON object.
 */
export function readBatch(bytes: Uint8Array, limits: Limits): ReadBatch | BodyFault {
  if (bytes.length > limits.bodyBytesMax)
    return tooLarge(`The body has ${bytes.length} bytes; the limit is ${limits.bodyBytesMax}.`)
  return caught(bytes, () => {
    const outline = outlineOf(bytes, limits.eventsPerRequestMax)
    if (outline.shapeFault !== undefined) return { kind: 'not-a-batch', what: outline.shapeFault }
    const fault = overCount(outline, limits)
    if (fault !== undefined) return fault
    const collections = new Map<string, readonly ReadEvent[]>()
    for (const { name, events } of outline.lists) {
      const text = JSON.parse(textOf(bytes, name)) as string
      const refusal = refuseCollectionName(text)
      const read = (span: JsonSpan): ReadEvent =>
        refusal === undefined ? readEvent(bytes, span, limits) : { kind: 'refused', refusal }
      collections.set(text, events.map(read))
    }
    return { kind: 'batch', collections }
  })
}

/** Where the parts of a bulk body are. */
interface Outline {
  readonly shapeFault: string | undefined
  readonly collectionCount: number
  readonly eventCount: number
  /** Complete as long as neither count is over the limit. */
  readonly lists: readonly { readonly name: JsonSpan; readonly events: readonly JsonSpan[] }[]
}

function outlineOf(bytes: Uint8Array, max: number): Outline {
  const lists: { name: JsonSpan; events: JsonSpan[] }[] = []
  let [collectionCount, eventCount] = [0, 0]
  const shapeFault = walkBatch(bytes, {
    collection(name) {
      if (++collectionCount <= max) lists.push({ name, events: [] })
    },
    event(span) {
      if (++eventCount <= max) lists.at(-1)?.events.push(span)
    },
  })
  return { shapeFault, collectionCount, eventCount, lists }
}

function overCount({ eventCount, collectionCount }: Outline, limits: Limits): BodyFault | undefined {
  const max = limits.eventsPerRequestMax
  if (eventCount > max) {
    return tooLarge(`The request has ${eventCount} events; the limit is ${max}. Send several requests.`)
  }
  if (collectionCount > max) return tooLarge(`The request has ${collectionCount} collections; the limit is ${max}.`)
  return undefined
}

/** The whole text is read even when its shape is wrong, so that text which is no JSON is always told so. */
function walkBatch(
  bytes: Uint8Array,
  visit: { collection(name: JsonSpan): void; event(span: JsonSpan): void },
): string | undefined {
  const scanner = new JsonScanner(bytes)
  let fault: string | undefined
  if (scanner.peek() === OPEN_BRACE) {
    scanner.expect(OPEN_BRACE)
    if (!scanner.take(CLOSE_BRACE)) {
      do {
        visit.collection(scanner.string())
        scanner.expect(COLON)
        if (scanner.peek() === OPEN_BRACKET) walkList(scanner, visit.event)
        else {
          scanner.value()
          fault = 'The value of each collection must be a list of events.'
        }
      } while (scanner.take(COMMA))
      scanner.expect(CLOSE_BRACE)
    }
  } else {
    scanner.value()
    fault = 'The body must be an object whose keys are collections and whose values are lists of events.'
  }
  scanner.expectEnd()
  return fault
}

function walkList(scanner: JsonScanner, event: (span: JsonSpan) => void): void {
  scanner.expect(OPEN_BRACKET)
  if (scanner.take(CLOSE_BRACKET)) return
  do event(scanner.value())
  while (scanner.take(COMMA))
  scanner.expect(CLOSE_BRACKET)
}

function readEvent(bytes: Uint8Array, span: JsonSpan, limits: Limits): ReadEvent {
  const size = span.end - span.start
  if (size > limits.eventBytesMax) {
    return { kind: 'refused', refusal: { name: 'InvalidEventError', description: overSize(size, limits) } }
  }
  if (span.depth > limits.eventDepthMax) {
    const description = `An event's objects and lists can lie at most ${limits.eventDepthMax} deep; these lie ${span.depth} deep.`
    return { kind: 'refused', refusal: { name: 'InvalidPropertyValueError', description } }
  }
  const verdict = validateEvent(JSON.parse(textOf(bytes, span)))
  if (verdict.kind === 'refused') return verdict
  return { kind: 'event', timestamp: verdict.timestamp, body: bytes.subarray(span.start, span.end) }
}

function caught<T>(bytes: Uint8Array, read: () => T): T | BodyFault {
  if (!isUtf8(bytes)) return { kind: 'not-json', what: 'The body is not UTF-8.' }
  try {
    return read()
  } catch (error) {
    if (error instanceof JsonSyntaxError) return { kind: 'not-json', what: `The body is not JSON: ${error.message}.` }
    throw error
  }
}

function overSize(size: number, limits: Limits): string {
  return `An event can have at most ${limits.eventBytesMax} bytes; this one has ${size}.`
}

function tooLarge(what: string): BodyFault {
  return { kind: 'too-large', what }
}

function textOf(bytes: Uint8Array, span: JsonSpan): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + span.start, span.end - span.start).toString('utf8')
}
