// Schemas that several nodes change, heard of in any order.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseStatement } from '../../../sim/cassandra/cql/parser.ts'
import type { SchemaStatement } from '../../../sim/cassandra/cql/syntax.ts'
import { changeSchema } from '../../../sim/cassandra/schema/change-schema.ts'
import type { SchemaContent } from '../../../sim/cassandra/schema/schema.ts'
import {
  EMPTY_SCHEMA,
  Schema,
  mergeSchemas,
  parseSchema,
  serializeSchema,
} from '../../../sim/cassandra/schema/schema.ts'

const STATEMENTS = [
  "CREATE KEYSPACE IF NOT EXISTS a WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
  "CREATE KEYSPACE IF NOT EXISTS b WITH replication = {'class': 'NetworkTopologyStrategy', 'dc': 3}",
  'DROP KEYSPACE IF EXISTS a',
  'CREATE TABLE IF NOT EXISTS a.t (k int PRIMARY KEY, v text)',
  'CREATE TABLE IF NOT EXISTS a.t (k int PRIMARY KEY, w blob)',
  'CREATE TABLE IF NOT EXISTS b.u (k int, c int, PRIMARY KEY (k, c)) WITH CLUSTERING ORDER BY (c DESC)',
  'DROP TABLE IF EXISTS a.t',
  'DROP TABLE IF EXISTS b.u',
]

/** The schema of a node that has done these, at these moments; what cannot be done is not. */
function schemaOf(history: readonly (readonly [string, number])[], node: number): SchemaContent {
  let content = EMPTY_SCHEMA
  for (const [query, atMicros] of history) {
    const { statement } = parseStatement(query)
    try {
      const context = {
        keyspace: undefined,
        atMicros,
        tableId: () => `00000000-0000-4000-8000-${String(node * 1000 + atMicros).padStart(12, '0')}`,
      }
      content = changeSchema(new Schema(content), statement as SchemaStatement, context)?.content ?? content
    } catch {
      continue
    }
  }
  return content
}

const history = fc
  .array(fc.tuple(fc.constantFrom(...STATEMENTS), fc.integer({ min: 1, max: 6 })), { maxLength: 8 })
  .map(list => [...list].sort(([, a], [, b]) => a - b))

test('nodes come to the same schema in whatever order they hear of each other', () => {
  fc.assert(
    fc.property(history, history, history, (one, two, three) => {
      const [a, b, c] = [schemaOf(one, 1), schemaOf(two, 2), schemaOf(three, 3)]
      const versions = [
        mergeSchemas(mergeSchemas(a, b), c),
        mergeSchemas(c, mergeSchemas(b, a)),
        mergeSchemas(mergeSchemas(b, c), mergeSchemas(a, b)),
      ].map(content => new Schema(content).version.toString('hex'))
      expect(new Set(versions).size).toBe(1)
      expect(new Schema(mergeSchemas(a, a)).version).toEqual(new Schema(a).version)
    }),
    { seed: 31, numRuns: 500 },
  )
})

test('a schema survives its bytes', () => {
  fc.assert(
    fc.property(history, statements => {
      const schema = new Schema(schemaOf(statements, 1))
      const again = new Schema(parseSchema(serializeSchema(schema.content)))
      expect(again.version).toEqual(schema.version)
      expect(again.tables.map(table => table.definition)).toEqual(schema.tables.map(table => table.definition))
    }),
    { seed: 32 },
  )
})
