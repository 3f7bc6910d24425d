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
    const { offset } = this.next
    return syntaxError(`${placeText(this.#query, offset)} ${message} (${this.#snippet()})`)
  }

  /** What stands around the offending token, which is in brackets. */
  #snippet(): string {
    const offending = Math.min(this.#index, this.#tokens.length - 1)
    const first = Math.max(0, offending - SNIPPET_TOKENS)
    const last = Math.min(this.#tokens.length - 1, offending + SNIPPET_TOKENS)
    const from = this.#at(first).offset
    const { offset, text } = this.#at(last)
    const to = this.#at(last).kind === 'end' ? this.#query.length : offset + text.length
    const bad = this.#at(offending)
    const marked =
      bad.kind === 'end'
        ? `${this.#query.slice(from)}[]`
        : `${this.#query.slice(from, bad.offset)}[${bad.text}]${this.#query.slice(bad.offset + bad.text.length, to)}`
    return `${first === 0 ? '' : '...'}${marked}${to === this.#query.length ? '' : '...'}`
  }

  #at(index: number): CqlToken {
    const token = this.#tokens[Math.min(index, this.#tokens.length - 1)]
    if (token === undefined) throw new RangeError('a statement without an end')
    return token
  }
}

const SNIPPET_TOKENS = 10
