// The relations of a WHERE clause.

import { parseList } from './parse-name.ts'
import type { Operator, Relation } from './syntax.ts'
import type { TermReader } from './term-reader.ts'
import type { TokenCursor } from './token-cursor.ts'

/** One or more, with AND between them. */
export function parseWhere(cursor: TokenCursor, terms: TermReader): readonly Relation[] {
  const relations: Relation[] = []
  do relations.push(parseRelation(cursor, terms))
  while (cursor.skipWords('and'))
  return relations
}

function parseRelation(cursor: TokenCursor, terms: TermReader): Relation {
  if (cursor.isSymbol('(')) throw cursor.unknown('a relation of several columns')
  if (cursor.skipWords('token')) {
    cursor.expectSymbol('(')
    const columns = parseList(cursor, () => cursor.name())
    cursor.expectSymbol(')')
    return { kind: 'token', columns, operator: parseOperator(cursor), term: terms.term() }
  }
  const column = cursor.name()
  if (cursor.skipWords('in')) {
    if (terms.isMarker()) return { kind: 'in-marker', column, term: terms.term() }
    cursor.expectSymbol('(')
    const values = cursor.isSymbol(')') ? [] : parseList(cursor, () => terms.term())
    cursor.expectSymbol(')')
    return { kind: 'in', column, terms: values }
  }
  if (cursor.isWord('contains') || cursor.isWord('like') || cursor.isWord('is')) {
    throw cursor.unknown(cursor.next.text.toUpperCase())
  }
  return { kind: 'compare', column, operator: parseOperator(cursor), term: terms.term() }
}

function parseOperator(cursor: TokenCursor): Operator {
  const token = cursor.next
  const operator = token.kind === 'symbol' ? OPERATORS.find(symbol => symbol === token.value) : undefined
  if (operator === undefined) throw cursor.unexpected()
  cursor.take()
  return operator
}

const OPERATORS: readonly Operator[] = ['=', '<', '<=', '>', '>=', '!=']
