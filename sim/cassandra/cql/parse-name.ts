// Names of tables, with or without their keyspace.

import type { Name } from './syntax.ts'
import type { TokenCursor } from './token-cursor.ts'

export function parseName(cursor: TokenCursor): Name {
  const first = cursor.name()
  return cursor.skipSymbol('.') ? { keyspace: first, name: cursor.name() } : { keyspace: undefined, name: first }
}

/** One or more, with commas between them. */
export function parseList<T>(cursor: TokenCursor, one: () => T): T[] {
  const list = [one()]
  while (cursor.skipSymbol(',')) list.push(one())
  return list
}
