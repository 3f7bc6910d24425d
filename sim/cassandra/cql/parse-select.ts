// SELECT.

import { parseList, parseName } from './parse-name.ts'
import { parseDirection } from './parse-schema.ts'
import { parseWhere } from './parse-where.ts'
import type { Select, Selector } from './syntax.ts'
import type { TermReader } from './term-reader.ts'
import type { TokenCursor } from './token-cursor.ts'

export function parseSelect(cursor: TokenCursor, terms: TermReader): Select {
  cursor.expectWord('select')
  if (cursor.isWord('json') && !isNameEnd(cursor, 1)) throw cursor.unknown('SELECT JSON')
  const isDistinct = cursor.isWord('distinct') && !isNameEnd(cursor, 1) && cursor.skipWords('distinct')
  const selectors = cursor.skipSymbol('*') ? undefined : parseList(cursor, () => parseSelector(cursor))
  cursor.expectWord('from')
  const table = parseName(cursor)
  const where = cursor.skipWords('where') ? parseWhere(cursor, terms) : []
  if (cursor.isWord('group', 'by')) throw cursor.unknown('GROUP BY')
  const orderBy = cursor.skipWords('order')
    ? (cursor.expectWord('by'),
      parseList(cursor, () => ({ column: cursor.name(), isDescending: parseDirection(cursor) })))
    : []
  if (cursor.isWord('per', 'partition')) throw cursor.unknown('PER PARTITION LIMIT')
  const limit = cursor.skipWords('limit') ? terms.term() : undefined
  const allowFiltering = cursor.skipWords('allow', 'filtering')
  return { kind: 'select', table, selectors, isDistinct, where, orderBy, limit, allowFiltering }
}

function parseSelector(cursor: TokenCursor): Selector {
  if (cursor.isWord('count') && cursor.peek(1).value === '(') {
    cursor.take()
    cursor.take()
    // COUNT(1) is an old way to say COUNT(*).
    if (!cursor.skipSymbol('*')) {
      if (cursor.next.value !== '1') throw cursor.unknown('COUNT of a column')
      cursor.take()
    }
    cursor.expectSymbol(')')
    return { kind: 'count', alias: parseAlias(cursor) }
  }
  if (cursor.next.kind === 'word' && cursor.peek(1).value === '(') {
    throw cursor.unknown(`the function ${cursor.next.text}`)
  }
  const column = cursor.name()
  if (cursor.isSymbol('.') || cursor.isSymbol('[')) throw cursor.unknown('a part of a value')
  return { kind: 'column', column, alias: parseAlias(cursor) }
}

function parseAlias(cursor: TokenCursor): string | undefined {
  return cursor.skipWords('as') ? cursor.name() : undefined
}

/** A word that could be a keyword is the name of a column when the list of columns goes on or ends behind it. */
function isNameEnd(cursor: TokenCursor, ahead: number): boolean {
  const token = cursor.peek(ahead)
  return token.value === ',' || token.value === 'from' || token.value === 'as'
}
