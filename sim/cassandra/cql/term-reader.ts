// Values in a statement: constants, null, and the markers that are bound when it is executed.

import type { ConstantKind } from '../types/literal.ts'
import type { CqlToken } from './lexer.ts'
import type { Term } from './syntax.ts'
import type { TokenCursor } from './token-cursor.ts'

export class TermReader {
  readonly #cursor: TokenCursor
  readonly #markers: (string | undefined)[] = []

  constructor(cursor: TokenCursor) {
    this.#cursor = cursor
  }

  /** In the order in which they stand. */
  get markers(): readonly (string | undefined)[] {
    return this.#markers
  }

  isMarker(): boolean {
    return this.#cursor.isSymbol('?') || this.#cursor.isSymbol(':')
  }

  term(): Term {
    const cursor = this.#cursor
    if (cursor.skipSymbol('?')) return this.#marker(undefined)
    if (cursor.skipSymbol(':')) return this.#marker(cursor.name())
    if (cursor.skipWords('null')) return { kind: 'null' }
    const isNegative = cursor.isSymbol('-') && isNumberWord(cursor.peek(1))
    const token = cursor.peek(isNegative ? 1 : 0)
    const kind = constantKind(token)
    if (kind === undefined) throw this.#refusal()
    if (isNegative) cursor.take()
    cursor.take()
    const text = kind === 'STRING' ? token.value : `${isNegative ? '-' : ''}${token.text}`
    return { kind: 'constant', constant: { kind, text } }
  }

  #marker(name: string | undefined): Term {
    this.#markers.push(name)
    return { kind: 'marker', index: this.#markers.length - 1, name }
  }

  #refusal(): Error {
    const cursor = this.#cursor
    const { kind } = cursor.next
    if (kind === 'word' && cursor.peek(1).value === '(') return cursor.unknown(`the function ${cursor.next.text}`)
    if (cursor.isSymbol('{') || cursor.isSymbol('[')) return cursor.unknown('a collection')
    if (cursor.isSymbol('(')) return cursor.unknown('a tuple')
    return cursor.unexpected()
  }
}

function constantKind(token: CqlToken): ConstantKind | undefined {
  switch (token.kind) {
    case 'string':
      return 'STRING'
    case 'integer':
      return 'INTEGER'
    case 'float':
      return 'FLOAT'
    case 'uuid':
      return 'UUID'
    case 'hex':
      return 'HEX'
    case 'word':
      if (token.value === 'true' || token.value === 'false') return 'BOOLEAN'
      return isNumberWord(token) ? 'FLOAT' : undefined
    default:
      return undefined
  }
}

function isNumberWord(token: CqlToken): boolean {
  return token.kind === 'word' && (token.value === 'nan' || token.value === 'infinity')
}
