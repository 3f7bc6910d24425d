import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseStatement } from '../../../sim/cassandra/cql/parser.ts'

/** The message of the refusal. */
function refusal(query: string): string {
  try {
    parseStatement(query)
    return 'not refused'
  } catch (error) {
    return (error as Error).message
  }
}

describe('errors name the place, what stands there, and what was expected', () => {
  test.each([
    ['', "line 1:0 no viable alternative at input '<EOF>'"],
    ['SELEC * FROM t', "line 1:0 no viable alternative at input 'SELEC' ([SELEC]...)"],
    ['SELECT * FRM t', "line 1:9 mismatched input 'FRM' expecting K_FROM (SELECT * [FRM]...)"],
    ['SELECT a b FROM t', "line 1:9 mismatched input 'b' expecting K_FROM (SELECT a [b]...)"],
    ['SELECT * FROM t WHERE', "line 1:21 no viable alternative at input '<EOF>'"],
    [
      'SELECT * FROM t\nWHERE a ==\n 3',
      "line 2:9 no viable alternative at input '=' (SELECT * FROM t\nWHERE a =[=]...)",
    ],
    [
      'SELECT * FROM t WHERE a = 1 extra',
      "line 1:28 mismatched input 'extra' expecting EOF (SELECT * FROM t WHERE a = 1 [extra])",
    ],
    [
      'INSERT INTO t (a) VALUE (1)',
      "line 1:18 mismatched input 'VALUE' expecting K_VALUES (INSERT INTO t (a) [VALUE]...)",
    ],
    ['INSERT INTO t (a VALUES (1)', "line 1:17 mismatched input 'VALUES' expecting ')' (INSERT INTO t (a [VALUES]...)"],
    ['INSERT INTO t (a) VALUES (1', "line 1:27 mismatched input '<EOF>' expecting ')'"],
    ['UPDATE t SET a 3 WHERE b = 1', "line 1:15 mismatched input '3' expecting '=' (UPDATE t SET a [3]...)"],
    ['DELETE FROM t', "line 1:13 mismatched input '<EOF>' expecting K_WHERE"],
    ['CREATE TABLE t (a int,)', "line 1:22 no viable alternative at input ')' (CREATE TABLE t (a int,[)])"],
    ['CREATE TABLE select (a int)', "line 1:13 no viable alternative at input 'select' (CREATE TABLE [select]...)"],
    ['CREATE KEYSPACE k', "line 1:17 mismatched input '<EOF>' expecting K_WITH"],
    ["SELECT 'it", "line 1:7 no viable alternative at character '''"],
    ['SELECT a FROM t WHERE b = ^', "line 1:26 no viable alternative at character '^'"],
    [
      'SELECT a, b, c, d, e, f FROM t WHERE g = 1 AND h = 2 AND i ~ 3',
      "line 1:59 no viable alternative at character '~'",
    ],
    [
      'SELECT a, b, c, d, e, f FROM t WHERE g = 1 AND h = 2 AND i i 3',
      "line 1:59 no viable alternative at input 'i' (...WHERE g = 1 AND h = 2 AND i [i]...)",
    ],
  ])('%s', (query, expected) => expect(refusal(query)).toBe(expected))
})

describe('what Cassandra has and this server has not is refused by its name', () => {
  test.each([
    ['ALTER TABLE t ADD a int', 'line 1:0 ALTER is not'],
    ['CREATE INDEX ON t (a)', 'line 1:7 CREATE INDEX is not'],
    ['CREATE MATERIALIZED VIEW v AS SELECT * FROM t', 'line 1:7 CREATE MATERIALIZED is not'],
    ['INSERT INTO t (a) VALUES (now())', 'line 1:26 the function now is not'],
    ['INSERT INTO t (a) VALUES ({1: 2})', 'line 1:26 a collection is not'],
    ['INSERT INTO t (a) VALUES ((1, 2))', 'line 1:26 a tuple is not'],
    ['UPDATE t SET a = a + 1 WHERE b = 2', "line 1:17 no viable alternative at input 'a'"],
    ['SELECT ttl(a) FROM t', 'line 1:7 the function ttl is not'],
    ['SELECT * FROM t WHERE (a, b) > (1, 2)', 'line 1:22 a relation of several columns is not'],
    ['SELECT * FROM t GROUP BY a', 'line 1:16 GROUP BY is not'],
  ])('%s', (query, expected) => expect(refusal(query)).toMatch(new RegExp(`^${expected.replace(/[()']/g, '.')}`)))
})

test('names are lower case unless quoted, and words of the language are names where they may be', () => {
  expect(parseStatement('SELECT Key, "Key", type AS value FROM System.Local').statement).toMatchObject({
    table: { keyspace: 'system', name: 'local' },
    selectors: [
      { column: 'key', alias: undefined },
      { column: 'Key', alias: undefined },
      { column: 'type', alias: 'value' },
    ],
  })
  expect(parseStatement('SELECT distinct, json, count FROM t').statement).toMatchObject({
    isDistinct: false,
    selectors: [{ column: 'distinct' }, { column: 'json' }, { column: 'count' }],
  })
})

test('markers are counted in the order in which they stand, and named ones keep their names', () => {
  const { statement, markers } = parseStatement(
    'UPDATE t USING TIMESTAMP :stamp SET a = ?, b = :"B" WHERE c = ? AND d IN (?, 3) AND e IN ?',
  )
  expect(markers).toEqual(['stamp', undefined, 'B', undefined, undefined, undefined])
  expect(statement).toMatchObject({
    using: { timestamp: { index: 0 } },
    assignments: [{ term: { index: 1 } }, { term: { index: 2 } }],
    where: [
      { kind: 'compare', term: { index: 3 } },
      { kind: 'in', terms: [{ index: 4 }, { kind: 'constant' }] },
      { kind: 'in-marker', term: { index: 5 } },
    ],
  })
})

test('comments, line ends and semicolons are nothing', () => {
  const { statement } = parseStatement('-- first\nSELECT /* all\nof it */ * // really\nFROM t;;')
  expect(statement).toMatchObject({ kind: 'select', table: { name: 't' } })
})

test('constants are what they look like', () => {
  const { statement } = parseStatement(
    "INSERT INTO t (a) VALUES (-1, 1.5e3, -NaN, 'it''s', $$a'b$$, true, 0xCAFE, 01234567-89ab-cdef-0123-456789abcdef, null)",
  )
  expect((statement as { values: unknown }).values).toEqual([
    { kind: 'constant', constant: { kind: 'INTEGER', text: '-1' } },
    { kind: 'constant', constant: { kind: 'FLOAT', text: '1.5e3' } },
    { kind: 'constant', constant: { kind: 'FLOAT', text: '-NaN' } },
    { kind: 'constant', constant: { kind: 'STRING', text: "it's" } },
    { kind: 'constant', constant: { kind: 'STRING', text: "a'b" } },
    { kind: 'constant', constant: { kind: 'BOOLEAN', text: 'true' } },
    { kind: 'constant', constant: { kind: 'HEX', text: '0xCAFE' } },
    { kind: 'constant', constant: { kind: 'UUID', text: '01234567-89ab-cdef-0123-456789abcdef' } },
    { kind: 'null' },
  ])
})

test('tables say their keys, their order and their options', () => {
  const query = `CREATE TABLE IF NOT EXISTS ks.t (a int, b text, c timeuuid, d blob, PRIMARY KEY ((a, b), c))
    WITH CLUSTERING ORDER BY (c DESC) AND comment = 'x' AND compaction = {'class': 'LCS', 'n': 5}`
  expect(parseStatement(query).statement).toMatchObject({
    kind: 'create-table',
    ifNotExists: true,
    partitionKey: ['a', 'b'],
    clustering: ['c'],
    primaryKeys: 1,
    clusteringOrder: [{ column: 'c', isDescending: true }],
    properties: new Map<string, unknown>([
      ['comment', { kind: 'text', text: 'x' }],
      [
        'compaction',
        {
          kind: 'map',
          entries: new Map([
            ['class', 'LCS'],
            ['n', '5'],
          ]),
        },
      ],
    ]),
  })
})

test('whatever the text, it is a statement or a syntax error', () => {
  const words =
    'SELECT INSERT INTO VALUES FROM WHERE AND IN USING TIMESTAMP ( ) , . ; = < ? :a * a b 1 -1 1.5 x 0xff $$'.split(' ')
  const text = fc.oneof(
    fc.array(fc.constantFrom(...words, "'", '"', '\n', '--', '/*'), { maxLength: 25 }).map(parts => parts.join(' ')),
    fc.string({ maxLength: 60, unit: 'binary-ascii' }),
  )
  fc.assert(
    fc.property(text, query => {
      try {
        parseStatement(query)
      } catch (error) {
        expect(error).toMatchObject({ name: 'RequestError', body: { kind: 'syntax-error' } })
        expect((error as Error).message).toMatch(/^line \d+:\d+ /)
      }
    }),
    { seed: 7, numRuns: 2_000 },
  )
})
