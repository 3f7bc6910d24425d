// Reads JSON without building it: says where the text is wrong, and where each value of interest begins and ends. So a body
// of ten million bytes is checked, counted and cut into events before any of it takes memory, and the events keep the
// bytes that the client sent.

/** The text is not JSON. `position` counts bytes from 0. */
export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError'
  readonly position: number

  constructor(position: number, what: string) {
    super(`${what} at position ${position}`)
    this.position = position
  }
}

/** A value's bytes, without the space around it, and how deep objects and arrays lie in one another: 0 for a scalar. */
export interface JsonSpan {
  readonly start: number
  readonly end: number
  readonly depth: number
}

/** Walks over a text of RFC 8259, left to right. All methods throw JsonSyntaxError. */
export class JsonScanner {
  readonly #bytes: Uint8Array
  #position = 0
  /** The closing byte of each object and list that is open. */
  #stack = new Uint8Array(64)

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** The next byte that is no space, still to be read; undefined at the end. */
  peek(): number | undefined {
    this.#space()
    return this.#bytes[this.#position]
  }

  /** Reads `byte` if it comes next. */
  take(byte: number): boolean {
    if (this.peek() !== byte) return false
    this.#position++
    return true
  }

  expect(byte: number): void {
    if (!this.take(byte)) throw this.#unexpected()
  }

  /** There is nothing but space to the end. */
  expectEnd(): void {
    if (this.peek() !== undefined) throw this.#unexpected()
  }

  /** Reads a string; the span holds its quotes. */
  string(): JsonSpan {
    if (this.peek() !== QUOTE) throw this.#unexpected()
    const start = this.#position
    this.#string()
    return { start, end: this.#position, depth: 0 }
  }

  /** Reads one whole value. It keeps its own stack: depth costs one byte a level and no calls. */
  value(): JsonSpan {
    this.#space()
    const start = this.#position
    let depth = 0
    let depthMax = 0
    for (;;) {
      const byte = this.peek()
      if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        this.#position++
        const close = byte === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET
        if (depth + 1 > depthMax) depthMax = depth + 1
        if (!this.take(close)) {
          if (depth === this.#stack.length) this.#stack = grown(this.#stack)
          this.#stack[depth++] = close
          if (close === CLOSE_BRACE) this.#key()
          continue
        }
      } else {
        this.#scalar(byte)
      }
      for (;;) {
        if (depth === 0) return { start, end: this.#position, depth: depthMax }
        const close = this.#stack[depth - 1]
        if (this.take(COMMA)) {
          if (close === CLOSE_BRACE) this.#key()
          break
        }
        if (close === undefined || !this.take(close)) throw this.#unexpected()
        depth--
      }
    }
  }

  #key(): void {
    this.string()
    this.expect(COLON)
  }

  #scalar(byte: number | undefined): void {
    if (byte === QUOTE) this.#string()
    else if (byte === MINUS || isDigit(byte)) this.#number()
    else if (byte === LOWER_T) this.#word(TRUE)
    else if (byte === LOWER_F) this.#word(FALSE)
    else if (byte === LOWER_N) this.#word(NULL)
    else throw this.#unexpected()
  }

  #string(): void {
    const bytes = this.#bytes
    let position = this.#position
    for (;;) {
      const byte = bytes[++position]
      if (byte === QUOTE) break
      if (byte !== undefined && byte >= SPACE && byte !== BACKSLASH) continue
      this.#position = position
      if (byte !== BACKSLASH) throw this.#unexpected()
      this.#escape()
      position = this.#position
    }
    this.#position = position + 1
  }

  #escape(): void {
    const byte = this.#bytes[++this.#position]
    if (byte === LOWER_U) {
      for (let digit = 0; digit < 4; digit++) {
        this.#position++
        if (!isHexDigit(this.#bytes[this.#position])) throw this.#unexpected()
      }
    } else if (byte === undefined || !ESCAPES.includes(byte)) {
      throw this.#unexpected()
    }
  }

  #number(): void {
    if (this.#bytes[this.#position] === MINUS) this.#position++
    if (this.#bytes[this.#position] === ZERO) this.#position++
    else this.#digits()
    if (this.#bytes[this.#position] === POINT) {
      this.#position++
      this.#digits()
    }
    const exponent = this.#bytes[this.#position]
    if (exponent === LOWER_E || exponent === UPPER_E) {
      this.#position++
      const sign = this.#bytes[this.#position]
      if (sign === PLUS || sign === MINUS) this.#position++
      this.#digits()
    }
  }

  #digits(): void {
    if (!isDigit(this.#bytes[this.#position])) throw this.#unexpected()
    while (isDigit(this.#bytes[this.#position])) this.#position++
  }

  #word(word: readonly number[]): void {
    for (const byte of word) {
      if (this.#bytes[this.#position] !== byte) throw this.#unexpected()
      this.#position++
    }
  }

  #space(): void {
    const bytes = this.#bytes
    let position = this.#position
    for (let byte = bytes[position]; byte === SPACE || byte === NEWLINE || byte === RETURN || byte === TAB;) {
      byte = bytes[++position]
    }
    this.#position = position
  }

  #unexpected(): JsonSyntaxError {
    const byte = this.#bytes[this.#position]
    if (byte === undefined) return new JsonSyntaxError(this.#bytes.length, 'Unexpected end')
    const isPrintable = byte > SPACE && byte < 0x7f
    const shown = isPrintable ? `'${String.fromCharCode(byte)}'` : `byte 0x${byte.toString(16).padStart(2, '0')}`
    return new JsonSyntaxError(this.#position, `Unexpected ${shown}`)
  }
}

export const OPEN_BRACE = 0x7b
export const CLOSE_BRACE = 0x7d
export const OPEN_BRACKET = 0x5b
export const CLOSE_BRACKET = 0x5d
export const COMMA = 0x2c
export const COLON = 0x3a
const QUOTE = 0x22
const BACKSLASH = 0x5c
const MINUS = 0x2d
const PLUS = 0x2b
const POINT = 0x2e
const ZERO = 0x30
const LOWER_E = 0x65
const UPPER_E = 0x45
const LOWER_F = 0x66
const LOWER_N = 0x6e
const LOWER_T = 0x74
const LOWER_U = 0x75
const SPACE = 0x20
const NEWLINE = 0x0a
const RETURN = 0x0d
const TAB = 0x09
const TRUE: readonly number[] = [0x74, 0x72, 0x75, 0x65]
const FALSE: readonly number[] = [0x66, 0x61, 0x6c, 0x73, 0x65]
const NULL: readonly number[] = [0x6e, 0x75, 0x6c, 0x6c]

/** What may follow a backslash: " \ / b f n r t, and u with four digits. */
const ESCAPES: readonly number[] = [QUOTE, BACKSLASH, 0x2f, 0x62, LOWER_F, LOWER_N, 0x72, LOWER_T]

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39
}

function isHexDigit(byte: number | undefined): boolean {
  return isDigit(byte) || (byte !== undefined && (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66)
}

function grown(stack: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(stack.length * 2)
  larger.set(stack)
  return larger
}
