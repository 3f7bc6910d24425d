// INSERT, UPDATE, DELETE and batches of them.

import { parseList, parseName } from './parse-name.ts'
import { parseWhere } from './parse-where.ts'
import type { Batch, Delete, Insert, Modification, Term, Update, Using } from './syntax.ts'
import type { TermReader } from './term-reader.ts'
import type { TokenCursor } from './token-cursor.ts'

export function parseInsert(cursor: TokenCursor, terms: TermReader): Insert {
  cursor.expectWord('insert')
  cursor.expectWord('into')
  const table = parseName(cursor)
  if (cursor.isWord('json')) throw cursor.unknown('INSERT JSON')
  cursor.expectSymbol('(')
  const columns = parseList(cursor, () => cursor.name())
  cursor.expectSymbol(')')
  cursor.expectWord('values')
  cursor.expectSymbol('(')
  const values = parseList(cursor, () => terms.term())
  cursor.expectSymbol(')')
  const isConditional = cursor.skipWords('if', 'not', 'exists')
  return { kind: 'insert', table, columns, values, isConditional, using: parseUsing(cursor, terms) }
}

export function parseUpdate(cursor: TokenCursor, terms: TermReader): Update {
  cursor.expectWord('update')
  const table = parseName(cursor)
  const using = parseUsing(cursor, terms)
  cursor.expectWord('set')
  const assignments = parseList(cursor, () => parseAssignment(cursor, terms))
  cursor.expectWord('where')
  const where = parseWhere(cursor, terms)
  return { kind: 'update', table, using, assignments, where, isConditional: parseConditions(cursor, terms) }
}

export function parseDelete(cursor: TokenCursor, terms: TermReader): Delete {
  cursor.expectWord('delete')
  const columns = cursor.isWord('from') ? [] : parseList(cursor, () => parseDeleted(cursor))
  cursor.expectWord('from')
  const table = parseName(cursor)
  const using = parseUsing(cursor, terms)
  cursor.expectWord('where')
  const where = parseWhere(cursor, terms)
  return { kind: 'delete', table, columns, using, where, isConditional: parseConditions(cursor, terms) }
}

export function parseBatch(cursor: TokenCursor, terms: TermReader): Batch {
  cursor.expectWord('begin')
  const type = cursor.skipWords('unlogged') ? 'UNLOGGED' : cursor.skipWords('counter') ? 'COUNTER' : 'LOGGED'
  cursor.expectWord('batch')
  const using = parseUsing(cursor, terms)
  const statements: Modification[] = []
  while (!cursor.skipWords('apply', 'batch')) {
    statements.push(parseModification(cursor, terms))
    cursor.skipSymbol(';')
  }
  return { kind: 'batch', type, using, statements }
}

function parseModification(cursor: TokenCursor, terms: TermReader): Modification {
  if (cursor.isWord('insert')) return parseInsert(cursor, terms)
  if (cursor.isWord('update')) return parseUpdate(cursor, terms)
  if (cursor.isWord('delete')) return parseDelete(cursor, terms)
  throw cursor.unexpected()
}

function parseUsing(cursor: TokenCursor, terms: TermReader): Using {
  let timestamp: Term | undefined
  let ttl: Term | undefined
  if (cursor.skipWords('using')) {
    do {
      if (cursor.skipWords('timestamp')) timestamp = terms.term()
      else if (cursor.skipWords('ttl')) ttl = terms.term()
      else throw cursor.unexpected()
    } while (cursor.skipWords('and'))
  }
  return { timestamp, ttl }
}

function parseAssignment(cursor: TokenCursor, terms: TermReader): { column: string; term: Term } {
  const column = cursor.name()
  if (cursor.isSymbol('[') || cursor.isSymbol('.') || cursor.isSymbol('+=') || cursor.isSymbol('-=')) {
    throw cursor.unknown('an operation on a collection, a counter or a field')
  }
  cursor.expectSymbol('=')
  const term = terms.term()
  if (cursor.isSymbol('+') || cursor.isSymbol('-')) {
    throw cursor.unknown('an operation on a collection, a counter or a field')
  }
  return { column, term }
}

function parseDeleted(cursor: TokenCursor): string {
  const column = cursor.name()
  if (cursor.isSymbol('[') || cursor.isSymbol('.')) throw cursor.unknown('a deletion in a collection')
  return column
}

/** What the conditions say does not matter: there is no such statement here. It must be CQL, though. */
function parseConditions(cursor: TokenCursor, terms: TermReader): boolean {
  if (!cursor.skipWords('if')) return false
  if (!cursor.skipWords('exists')) parseWhere(cursor, terms)
  return true
}
