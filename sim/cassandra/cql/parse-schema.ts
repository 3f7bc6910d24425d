// CREATE and DROP of keyspaces and tables.

import { parseList, parseName } from './parse-name.ts'
import type { ColumnSyntax, CreateTable, Properties, PropertyValue, SchemaStatement, TypeSyntax } from './syntax.ts'
import type { TokenCursor } from './token-cursor.ts'

export function parseCreate(cursor: TokenCursor): SchemaStatement {
  if (cursor.skipWords('create', 'keyspace') || cursor.skipWords('create', 'schema')) {
    const ifNotExists = skipIfNotExists(cursor)
    const name = cursor.name()
    cursor.expectWord('with')
    return { kind: 'create-keyspace', name, ifNotExists, properties: parseProperties(cursor) }
  }
  if (cursor.skipWords('create', 'table') || cursor.skipWords('create', 'columnfamily')) return parseTable(cursor)
  throw elsewhere(cursor)
}

export function parseDrop(cursor: TokenCursor): SchemaStatement {
  if (cursor.skipWords('drop', 'keyspace') || cursor.skipWords('drop', 'schema')) {
    const ifExists = cursor.skipWords('if', 'exists')
    return { kind: 'drop-keyspace', name: cursor.name(), ifExists }
  }
  if (cursor.skipWords('drop', 'table') || cursor.skipWords('drop', 'columnfamily')) {
    const ifExists = cursor.skipWords('if', 'exists')
    return { kind: 'drop-table', table: parseName(cursor), ifExists }
  }
  throw elsewhere(cursor)
}

function parseTable(cursor: TokenCursor): CreateTable {
  const ifNotExists = skipIfNotExists(cursor)
  const table = parseName(cursor)
  cursor.expectSymbol('(')
  const columns: ColumnSyntax[] = []
  const key: PrimaryKey = { partition: [], clustering: [] }
  let primaryKeys = 0
  const element = (): void => {
    if (cursor.skipWords('primary', 'key')) {
      primaryKeys++
      parsePrimaryKey(cursor, key)
      return
    }
    const name = cursor.name()
    const type = parseType(cursor)
    const isStatic = cursor.skipWords('static')
    if (cursor.skipWords('primary', 'key')) {
      primaryKeys++
      key.partition.push(name)
    }
    columns.push({ name, type, isStatic })
  }
  parseList(cursor, element)
  cursor.expectSymbol(')')
  const clusteringOrder: { column: string; isDescending: boolean }[] = []
  const properties = new Map<string, PropertyValue>()
  if (cursor.skipWords('with')) {
    do parseTableOption(cursor, clusteringOrder, properties)
    while (cursor.skipWords('and'))
  }
  return {
    kind: 'create-table',
    ...{ table, ifNotExists, columns, clusteringOrder, properties },
    ...{ partitionKey: key.partition, clustering: key.clustering, primaryKeys },
  }
}

interface PrimaryKey {
  readonly partition: string[]
  readonly clustering: string[]
}

/** `((a, b), c)` or `(a, c)`. */
function parsePrimaryKey(cursor: TokenCursor, key: PrimaryKey): void {
  cursor.expectSymbol('(')
  if (cursor.skipSymbol('(')) {
    key.partition.push(...parseList(cursor, () => cursor.name()))
    cursor.expectSymbol(')')
  } else {
    key.partition.push(cursor.name())
  }
  while (cursor.skipSymbol(',')) key.clustering.push(cursor.name())
  cursor.expectSymbol(')')
}

function parseTableOption(
  cursor: TokenCursor,
  order: { column: string; isDescending: boolean }[],
  properties: Map<string, PropertyValue>,
): void {
  if (cursor.isWord('compact', 'storage')) throw cursor.unknown('COMPACT STORAGE')
  if (!cursor.skipWords('clustering', 'order', 'by')) {
    parseProperty(cursor, properties)
    return
  }
  cursor.expectSymbol('(')
  order.push(...parseList(cursor, () => ({ column: cursor.name(), isDescending: parseDirection(cursor) })))
  cursor.expectSymbol(')')
}

/** Ascending unless it says otherwise. */
export function parseDirection(cursor: TokenCursor): boolean {
  if (cursor.skipWords('desc')) return true
  cursor.skipWords('asc')
  return false
}

function parseProperties(cursor: TokenCursor): Properties {
  const properties = new Map<string, PropertyValue>()
  do parseProperty(cursor, properties)
  while (cursor.skipWords('and'))
  return properties
}

function parseProperty(cursor: TokenCursor, properties: Map<string, PropertyValue>): void {
  const name = cursor.name()
  cursor.expectSymbol('=')
  properties.set(name, cursor.isSymbol('{') ? parseMap(cursor) : { kind: 'text', text: parsePropertyText(cursor) })
}

function parseMap(cursor: TokenCursor): PropertyValue {
  const entries = new Map<string, string>()
  cursor.expectSymbol('{')
  if (!cursor.isSymbol('}')) {
    parseList(cursor, () => {
      const key = cursor.string()
      cursor.expectSymbol(':')
      entries.set(key, parsePropertyText(cursor))
    })
  }
  cursor.expectSymbol('}')
  return { kind: 'map', entries }
}

function parsePropertyText(cursor: TokenCursor): string {
  const { kind } = cursor.next
  if (kind === 'string' || kind === 'integer' || kind === 'float' || kind === 'word') return cursor.take().value
  throw cursor.unexpected()
}

function parseType(cursor: TokenCursor): TypeSyntax {
  const name = cursor.next.kind === 'string' ? cursor.string() : cursor.name()
  if (!cursor.skipSymbol('<')) return { name, parameters: [] }
  const parameters = parseList(cursor, () => parseType(cursor))
  cursor.expectSymbol('>')
  return { name, parameters }
}

function skipIfNotExists(cursor: TokenCursor): boolean {
  return cursor.skipWords('if', 'not', 'exists')
}

function elsewhere(cursor: TokenCursor): Error {
  const verb = cursor.take().text.toUpperCase()
  for (const word of ELSEWHERE) if (cursor.isWord(word)) return cursor.unknown(`${verb} ${word.toUpperCase()}`)
  return cursor.unexpected()
}

/** What Cassandra can create and drop, and this server cannot. */
const ELSEWHERE: readonly string[] = [
  ...['aggregate', 'custom', 'function', 'index', 'materialized', 'role', 'trigger', 'type', 'user'],
  ...['or', 'identity'],
]
