// From CQL text to what it says. Everything that is not in the grammar below is a syntax error with its position.

import { TokenCursor } from './token-cursor.ts'
import { parseName } from './parse-name.ts'
import { parseCreate, parseDrop } from './parse-schema.ts'
import { parseBatch, parseDelete, parseInsert, parseUpdate } from './parse-modification.ts'
import { parseSelect } from './parse-select.ts'
import { TermReader } from './term-reader.ts'
import type { ParsedStatement, Statement } from './syntax.ts'

/** One statement, with or without a semicolon behind it. */
export function parseStatement(query: string): ParsedStatement {
  const cursor = new TokenCursor(query)
  const terms = new TermReader(cursor)
  const statement = statementAt(cursor, terms)
  while (cursor.skipSymbol(';')) continue
  cursor.expectEnd()
  return { statement, markers: terms.markers }
}

function statementAt(cursor: TokenCursor, terms: TermReader): Statement {
  if (cursor.isWord('select')) return parseSelect(cursor, terms)
  if (cursor.isWord('insert')) return parseInsert(cursor, terms)
  if (cursor.isWord('update')) return parseUpdate(cursor, terms)
  if (cursor.isWord('delete')) return parseDelete(cursor, terms)
  if (cursor.isWord('begin')) return parseBatch(cursor, terms)
  if (cursor.isWord('create')) return parseCreate(cursor)
  if (cursor.isWord('drop')) return parseDrop(cursor)
  if (cursor.skipWords('use')) return { kind: 'use', keyspace: cursor.name() }
  if (cursor.skipWords('truncate')) {
    cursor.skipWords('table')
    return { kind: 'truncate', table: parseName(cursor) }
  }
  for (const word of ELSEWHERE) if (cursor.isWord(word)) throw cursor.unknown(word.toUpperCase())
  throw cursor.unexpected()
}

/** Statements of Cassandra that this server does not have. */
const ELSEWHERE: readonly string[] = ['alter', 'grant', 'revoke', 'list', 'describe', 'desc']
