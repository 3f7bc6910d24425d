// Reads one HTTP/1.1 answer from chunks as they come: by its length, in chunks of its own, or until the connection ends.

export interface HttpAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: Uint8Array
}

export type ParserState = 'more' | 'done' | 'malformed'

export class AnswerParser {
  #head: Head | undefined
  readonly #chunks: Uint8Array[] = []
  #bytes = 0
  #state: ParserState = 'more'

  /** Takes the next bytes of the connection. What follows a whole answer is malformed: nobody asked for it. */
  push(chunk: Uint8Array): ParserState {
    if (this.#state !== 'more') return (this.#state = 'malformed')
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
    if (this.#bytes > ANSWER_BYTES_MAX) return (this.#state = 'malformed')
    this.#head ??= this.#readHead()
    return this.#state === 'more' ? (this.#state = this.#look()) : this.#state
  }

  /** The peer has ended the connection. */
  end(): ParserState {
    const isUntilEnd = this.#head !== undefined && this.#head.length === 'until-end'
    return (this.#state = this.#state === 'more' && isUntilEnd ? 'done' : this.#state)
  }

  /** Only when the state is `done`. */
  answer(): HttpAnswer {
    if (this.#head === undefined) throw new RangeError('there is no answer yet')
    const { status, headers, length, headBytes } = this.#head
    const rest = this.#joined().subarray(headBytes)
    const body = length === 'chunked' ? Buffer.concat(chunksOf(rest).parts) : rest
    return { status, headers, body }
  }

  #readHead(): Head | undefined {
    const text = this.#joined().toString('latin1')
    const headBytes = text.indexOf('\r\n\r\n') + 4
    if (headBytes < 4) {
      if (this.#bytes > HEAD_BYTES_MAX) this.#state = 'malformed'
      return undefined
    }
    const [statusLine = '', ...lines] = text.slice(0, headBytes - 4).split('\r\n')
    const status = Number(/^HTTP\/1\.[01] ([1-5][0-9]{2})( .*)?$/.exec(statusLine)?.[1] ?? 0)
    const headers = new Map<string, string>()
    for (const line of lines) {
      const colon = line.indexOf(':')
      if (colon < 1) this.#state = 'malformed'
      headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim())
    }
    if (status === 0) this.#state = 'malformed'
    return { status, headers, headBytes, length: lengthOf(status, headers) }
  }

  #look(): ParserState {
    if (this.#head === undefined || this.#head.length === 'until-end') return 'more'
    const bodyBytes = this.#bytes - this.#head.headBytes
    if (this.#head.length === 'chunked') {
      const { isWhole, isMalformed } = chunksOf(this.#joined().subarray(this.#head.headBytes))
      return isMalformed ? 'malformed' : isWhole ? 'done' : 'more'
    }
    if (!Number.isSafeInteger(this.#head.length) || bodyBytes > this.#head.length) return 'malformed'
    return bodyBytes === this.#head.length ? 'done' : 'more'
  }

  #joined(): Buffer {
    if (this.#chunks.length > 1) this.#chunks.splice(0, this.#chunks.length, Buffer.concat(this.#chunks))
    const [joined] = this.#chunks
    return joined === undefined ? Buffer.alloc(0) : Buffer.from(joined.buffer, joined.byteOffset, joined.byteLength)
  }
}

interface Head {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly headBytes: number
  readonly length: number | 'chunked' | 'until-end'
}

/** Limits of the client: an answer over them is no answer. */
const HEAD_BYTES_MAX = 64 * 1024
const ANSWER_BYTES_MAX = 256 * 1024 * 1024

function lengthOf(status: number, headers: ReadonlyMap<string, string>): Head['length'] {
  if (status === 204 || status === 304) return 0
  if (headers.get('transfer-encoding')?.toLowerCase() === 'chunked') return 'chunked'
  const length = headers.get('content-length')
  if (length === undefined) return 'until-end'
  return /^[0-9]{1,15}$/.test(length) ? Number(length) : NaN
}

function chunksOf(bytes: Buffer): { parts: Buffer[]; isWhole: boolean; isMalformed: boolean } {
  const parts: Buffer[] = []
  for (let at = 0; ;) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd < 0) return { parts, isWhole: false, isMalformed: false }
    const size = /^([0-9a-fA-F]{1,8})(?:;.*)?$/.exec(bytes.toString('latin1', at, lineEnd))?.[1]
    if (size === undefined) return { parts, isWhole: false, isMalformed: true }
    const length = parseInt(size, 16)
    const next = lineEnd + 2 + length + 2
    // Trailers are not sent by what we talk to: the last chunk is followed by an empty line.
    if (next > bytes.length) return { parts, isWhole: false, isMalformed: false }
    if (length === 0) return { parts, isWhole: next === bytes.length, isMalformed: next < bytes.length }
    parts.push(bytes.subarray(lineEnd + 2, next - 2))
    at = next
  }
}
