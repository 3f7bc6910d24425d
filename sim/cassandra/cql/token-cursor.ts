// Walks through the tokens of one statement, and says what is wrong as Cassandra's parser says it.

import { syntaxError } from '../request-error.ts'
import { RESERVED } from './keywords.ts'
import type { CqlToken } from './lexer.ts'
import { placeText, tokenize } from './lexer.ts'

export class TokenCursor {
  readonly #query: string
  readonly #tokens: readonly CqlToken[]
  #index = 0

  constructor(query: string) {
    this.#query = query
    this.#tokens = tokenize(query)
  }

  get next(): CqlToken {
    return this.#at(this.#index)
  }

  peek(ahead: number): CqlToken {
    return this.#at(this.#index + ahead)
  }

  take(): CqlToken {
    const token = this.next
    if (token.kind !== 'end') this.#index++
    return token
  }

  isWord(...words: readonly string[]): boolean {
    return words.every((word, ahead) => {
      const token = this.peek(ahead)
      return token.kind === 'word' && token.value === word
    })
  }

  isSymbol(symbol: string): boolean {
    return this.next.kind === 'symbol' && this.next.value === symbol
  }

  /** Steps over the words if all of them come next. */
  skipWords(...words: readonly string[]): boolean {
    if (!this.isWord(...words)) return false
    this.#index += words.length
    return true
  }

  skipSymbol(symbol: string): boolean {
    if (!this.isSymbol(symbol)) return false
    this.#index++
    return true
  }

  expectWord(word: string): void {
    if (!this.skipWords(word)) throw this.#mismatched(`K_${word.toUpperCase()}`)
  }

  expectSymbol(symbol: string): void {
    if (!this.skipSymbol(symbol)) throw this.#mismatched(`'${symbol}'`)
  }

  expectEnd(): void {
    if (this.next.kind !== 'end') throw this.#mismatched('EOF')
  }

  /** An identifier: lower case unless quoted. */
  name(): string {
    const token = this.next
    const isName = token.kind === 'quoted-name' || (token.kind === 'word' && !RESERVED.has(token.value))
    if (!isName) throw this.unexpected()
    this.#index++
    return token.value
  }

  string(): string {
    if (this.next.kind !== 'string') throw this.#mismatched('STRING_LITERAL')
    return this.take().value
  }

  /** The next token fits nothing that may stand here. */
  unexpected(): Error {
    return this.#error(`no viable alternative at input '${this.next.text}'`)
  }

  /** The statement is CQL, but of a part that this server does not have. */
  unknown(what: string): Error {
    return this.#error(`${what} is not part of the CQL of this server`)
  }

  #mismatched(expected: string): Error {
    return this.#error(`mismatched input '${this.next.text}' expecting ${expected}`)
  }

  #error(message: string): Error {
    const { offset, kind } = this.next
    const snippet = kind === 'end' ? '' : ` (${this.#snippet()})`
    return syntaxError(`${placeText(this.#query, offset)} ${message}${snippet}`)
  }

  /** What stands before the offending token, and it in brackets; nothing of what follows, as Cassandra has not read it yet. */
  #snippet(): string {
    const first = Math.max(0, this.#index - SNIPPET_TOKENS)
    const { offset, text } = this.next
    const end = offset + text.length
    const before = this.#query.slice(this.#at(first).offset, offset)
    return `${first === 0 ? '' : '...'}${before}[${text}]${end === this.#query.length ? '' : '...'}`
  }

  #at(index: number): CqlToken {
    const token = this.#tokens[Math.min(index, this.#tokens.length - 1)]
    if (token === undefined) throw new RangeError('a statement without an end')
    return token
  }
}

const SNIPPET_TOKENS = 10
