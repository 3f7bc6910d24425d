// CQL text as tokens, each with the place at which it stands.

import { syntaxError } from '../request-error.ts'

export type TokenKind = 'word' | 'quoted-name' | 'string' | 'integer' | 'float' | 'uuid' | 'hex' | 'symbol' | 'end'

export interface CqlToken {
  readonly kind: TokenKind
  /** Of a word its lower-case form, of a quoted name or a string what is between the quotes, of everything else itself. */
  readonly value: string
  /** As it was written. */
  readonly text: string
  readonly offset: number
}

/** Ends with a token of kind `end`. Throws a syntax error for a character that begins no token. */
export function tokenize(query: string): readonly CqlToken[] {
  const tokens: CqlToken[] = []
  let offset = 0
  while (offset < query.length) {
    const skipped = matchAt(SKIPPED, query, offset)
    if (skipped !== undefined) {
      offset += skipped.length
      continue
    }
    const token = tokenAt(query, offset)
    if (token === undefined)
      throw syntaxError(`${placeText(query, offset)} no viable alternative at character '${query.charAt(offset)}'`)
    tokens.push(token)
    offset += token.text.length
  }
  tokens.push({ kind: 'end', value: '', text: '<EOF>', offset: query.length })
  return tokens
}

/** `line 2:14`: lines are counted from 1, characters of a line from 0. */
export function placeText(query: string, offset: number): string {
  const before = query.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  return `line ${before.split('\n').length}:${offset - lineStart}`
}

function tokenAt(query: string, offset: number): CqlToken | undefined {
  for (const [kind, form] of FORMS) {
    const text = matchAt(form, query, offset)
    if (text !== undefined) return { kind, value: valueOf(kind, text), text, offset }
  }
  return undefined
}

function valueOf(kind: TokenKind, text: string): string {
  switch (kind) {
    case 'word':
      return text.toLowerCase()
    case 'quoted-name':
      return text.slice(1, -1).replaceAll('""', '"')
    case 'string':
      return text.startsWith('$') ? text.slice(2, -2) : text.slice(1, -1).replaceAll("''", "'")
    default:
      return text
  }
}

function matchAt(form: RegExp, text: string, offset: number): string | undefined {
  form.lastIndex = offset
  return form.exec(text)?.[0]
}

const SKIPPED = /[ \t\n\r]+|(?:--|\/\/)[^\n\r]*|\/\*[^]*?\*\//y

/** In the order in which they are tried. */
const FORMS: readonly (readonly [TokenKind, RegExp])[] = [
  ['uuid', /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-z_])/iy],
  ['hex', /0x[0-9a-f]*(?![0-9a-z_])/iy],
  ['float', /-?\d+(?:\.\d*(?:e[+-]?\d+)?|e[+-]?\d+)/iy],
  ['integer', /-?\d+/y],
  ['word', /[a-z][a-z0-9_]*/iy],
  ['quoted-name', /"(?!")[^"]*(?:""[^"]*)*"/y],
  ['string', /'[^']*(?:''[^']*)*'|\$\$[^]*?\$\$/y],
  ['symbol', /<=|>=|!=|\+=|-=|[()[\]{}<>=,;:.?*+\-/%]/y],
]
