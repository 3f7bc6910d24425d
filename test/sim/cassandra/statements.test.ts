// CQL through the driver: what each kind of statement does, and the words in which the wrong ones are refused.

import type { Client } from 'cassandra-driver'
import { expect, test } from 'vitest'
import { cassandraWorld } from './cassandra-world.ts'
import { until } from '../client-programs.ts'
import type { ClientProcess } from './cassandra-world.ts'

/** Runs the body against a fresh cluster with a keyspace. */
async function inKeyspace(
  seed: string,
  body: (client: Client, process: ClientProcess) => Promise<void>,
): Promise<void> {
  const world = cassandraWorld(seed)
  world.client('client', async process => {
    await until(process, 'whole', () => world.isWhole())
    const client = await process.connect()
    await text(client, "CREATE KEYSPACE ks WITH replication = {'class': 'NetworkTopologyStrategy', 'dc1': 3}")
    await body(client, process)
    await client.shutdown()
  })
  await world.run()
}

/** Executes CQL as it stands; the rows as arrays of printable values. */
async function text(client: Client, query: string): Promise<readonly (readonly unknown[])[]> {
  const { rows } = await client.execute(query, [], { prepare: false })
  return (rows ?? []).map(row => row.values().map(printable))
}

async function refusal(client: Client, query: string): Promise<string> {
  try {
    await client.execute(query, [], { prepare: false })
    return 'not refused'
  } catch (error) {
    return (error as Error).message
  }
}

function printable(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return `0x${value.toString('hex')}`
  if (typeof value === 'bigint') return String(value)
  return typeof value === 'object' && value !== null ? (value as { toString(): string }).toString() : value
}

test('rows come in the order of their clustering columns, ascending or descending', async () => {
  await inKeyspace('order', async client => {
    await text(
      client,
      'CREATE TABLE ks.t (k int, a text, b int, v int, PRIMARY KEY (k, a, b)) WITH CLUSTERING ORDER BY (a ASC, b DESC)',
    )
    for (const [a, b] of [
      ['y', 1],
      ['x', -5],
      ['', 7],
      ['x', 10],
      ['xx', 0],
      ['x', 0],
    ] as const) {
      await text(client, `INSERT INTO ks.t (k, a, b, v) VALUES (1, '${a}', ${b}, 0)`)
    }
    const all = [
      ['', 7],
      ['x', 10],
      ['x', 0],
      ['x', -5],
      ['xx', 0],
      ['y', 1],
    ]
    expect(await text(client, 'SELECT a, b FROM ks.t WHERE k = 1')).toEqual(all)
    expect(await text(client, 'SELECT a, b FROM ks.t WHERE k = 1 ORDER BY a DESC, b ASC')).toEqual([...all].reverse())
    expect(await text(client, 'SELECT a, b FROM ks.t WHERE k = 1 ORDER BY a ASC LIMIT 2')).toEqual(all.slice(0, 2))
    expect(await text(client, 'SELECT a, b FROM ks.t WHERE k = 1 ORDER BY a DESC LIMIT 2')).toEqual([
      ['y', 1],
      ['xx', 0],
    ])
    expect(await text(client, "SELECT b FROM ks.t WHERE k = 1 AND a = 'x' AND b >= 0")).toEqual([[10], [0]])
    expect(await text(client, "SELECT b FROM ks.t WHERE k = 1 AND a = 'x' AND b < 10 AND b > -5")).toEqual([[0]])
    expect(await text(client, "SELECT b FROM ks.t WHERE k = 1 AND a = 'x' AND b IN (0, -5, 3, 0)")).toEqual([[0], [-5]])
    expect(await text(client, "SELECT a FROM ks.t WHERE k = 1 AND a > 'x'")).toEqual([['xx'], ['y']])
    expect(await text(client, "SELECT a FROM ks.t WHERE k = 1 AND a <= 'x'")).toEqual([[''], ['x'], ['x'], ['x']])
  })
})

test('every kind of deletion hides what is older and nothing else', async () => {
  await inKeyspace('deletes', async client => {
    await text(client, 'CREATE TABLE ks.t (k int, c int, v int, w int, PRIMARY KEY (k, c))')
    const fill = async (): Promise<void> => {
      for (let c = 0; c < 6; c++)
        await text(client, `INSERT INTO ks.t (k, c, v, w) VALUES (1, ${c}, ${c}, ${c}) USING TIMESTAMP 10`)
    }
    await fill()
    await text(client, 'DELETE v FROM ks.t USING TIMESTAMP 11 WHERE k = 1 AND c = 0')
    await text(client, 'DELETE FROM ks.t USING TIMESTAMP 11 WHERE k = 1 AND c = 1')
    await text(client, 'DELETE FROM ks.t USING TIMESTAMP 11 WHERE k = 1 AND c > 2 AND c <= 4')
    await fill()
    expect(await text(client, 'SELECT c, v, w FROM ks.t WHERE k = 1')).toEqual([
      [0, null, 0],
      [2, 2, 2],
      [5, 5, 5],
    ])
    await text(client, 'INSERT INTO ks.t (k, c, v) VALUES (1, 3, 33) USING TIMESTAMP 12')
    await text(client, 'DELETE FROM ks.t USING TIMESTAMP 11 WHERE k = 1')
    expect(await text(client, 'SELECT c, v, w FROM ks.t WHERE k = 1')).toEqual([[3, 33, null]])
    await text(client, 'DELETE FROM ks.t USING TIMESTAMP 12 WHERE k = 1 AND c IN (2, 3)')
    expect(await text(client, 'SELECT count(*) FROM ks.t WHERE k = 1')).toEqual([['0']])
  })
})

test('a row that was inserted is there without a value, one that was updated is not', async () => {
  await inKeyspace('liveness', async client => {
    await text(client, 'CREATE TABLE ks.t (k int PRIMARY KEY, v int)')
    await text(client, 'INSERT INTO ks.t (k) VALUES (1)')
    await text(client, 'UPDATE ks.t SET v = 2 WHERE k = 2')
    await text(client, 'UPDATE ks.t SET v = null WHERE k IN (1, 2)')
    expect(await text(client, 'SELECT k, v FROM ks.t WHERE k IN (2, 1)')).toEqual([[1, null]])
  })
})

test('every type comes back as it was sent', async () => {
  const columns = {
    ascii: "'a'",
    bigint: '-9223372036854775808',
    blob: '0x00ff',
    boolean: 'true',
    double: '-1.5e10',
    float: '0.5',
    inet: "'10.1.2.3'",
    int: '-7',
    smallint: '-32768',
    text: "'it''s ü'",
    timestamp: "'2026-01-02T03:04:05.678Z'",
    timeuuid: '50554d6e-29bb-11e5-b345-feff819cdc9f',
    tinyint: '127',
    uuid: '01234567-89ab-4def-8123-456789abcdef',
    varint: '-123456789012345678901234567890',
  }
  const types = Object.keys(columns)
  await inKeyspace('types', async client => {
    await text(client, `CREATE TABLE ks.t (k int PRIMARY KEY, ${types.map(type => `c_${type} ${type}`).join(', ')})`)
    await text(
      client,
      `INSERT INTO ks.t (k, ${types.map(type => `c_${type}`).join(', ')}) VALUES (0, ${Object.values(columns).join(', ')})`,
    )
    const select = `SELECT ${types.map(type => `c_${type}`).join(', ')} FROM ks.t WHERE k = `
    const [row] = await text(client, `${select}0`)
    expect(Object.fromEntries(types.map((type, index) => [type, row?.[index]]))).toMatchObject({
      ascii: 'a',
      blob: '0x00ff',
      boolean: true,
      double: -1.5e10,
      float: 0.5,
      inet: '10.1.2.3',
      int: -7,
      smallint: -32768,
      text: "it's ü",
      tinyint: 127,
      timeuuid: columns.timeuuid,
      uuid: columns.uuid,
      varint: columns.varint,
    })
    const { rows } = await client.execute(`${select}?`, [0])
    const bound = rows[0]!.values()
    await client.execute(
      `INSERT INTO ks.t (k, ${types.map(type => `c_${type}`).join(', ')}) VALUES (1, ${types.map(() => '?').join(', ')})`,
      bound,
    )
    expect(await text(client, `${select}1`)).toEqual([row])
  })
})

test('pages follow each other without a gap, across deletes and restarts of the query', async () => {
  await inKeyspace('paging', async client => {
    await text(client, 'CREATE TABLE ks.t (k int, c int, v int, PRIMARY KEY (k, c))')
    for (let c = 0; c < 60; c++) await client.execute('INSERT INTO ks.t (k, c, v) VALUES (?, ?, ?)', [c % 3, c, c])
    for (let c = 10; c < 40; c++) await client.execute('DELETE FROM ks.t WHERE k = ? AND c = ?', [c % 3, c])
    const left = Array.from({ length: 60 }, (_, c) => c).filter(c => c < 10 || c >= 40)
    const paged = async (query: string, parameters: unknown[], fetchSize: number): Promise<number[]> => {
      const found: number[] = []
      let pageState: string | undefined
      do {
        const page = await client.execute(query, parameters, {
          fetchSize,
          ...(pageState === undefined ? {} : { pageState }),
        })
        expect(page.rows.length).toBeLessThanOrEqual(fetchSize)
        found.push(...page.rows.map(row => Number(row['c'])))
        pageState = page.pageState ?? undefined
      } while (pageState !== undefined)
      return found
    }
    for (const size of [1, 2, 3, 7, 1000]) {
      expect(await paged('SELECT c FROM ks.t WHERE k = ?', [0], size)).toEqual(left.filter(c => c % 3 === 0))
      expect(await paged('SELECT c FROM ks.t WHERE k = ? ORDER BY c DESC', [0], size)).toEqual(
        left.filter(c => c % 3 === 0).reverse(),
      )
      expect((await paged('SELECT c FROM ks.t', [], size)).sort((a, b) => a - b)).toEqual(left)
      expect((await paged('SELECT c FROM ks.t WHERE k IN (0, 1)', [], size)).sort((a, b) => a - b)).toEqual(
        left.filter(c => c % 3 < 2),
      )
      expect(await paged('SELECT c FROM ks.t WHERE k = ? LIMIT 5', [1], size)).toEqual(
        left.filter(c => c % 3 === 1).slice(0, 5),
      )
    }
    expect(await text(client, 'SELECT count(*) FROM ks.t')).toEqual([['30']])
    expect((await text(client, 'SELECT DISTINCT k FROM ks.t')).flat().sort()).toEqual([0, 1, 2])
    expect(await refusal(client, 'SELECT c FROM ks.t WHERE v = 1')).toMatch(
      /^Cannot execute this query as it might involve data filtering/,
    )
  })
})

test('a batch is taken whole, in one partition or in several', async () => {
  await inKeyspace('batch', async client => {
    await text(client, 'CREATE TABLE ks.t (k int, c int, v text, PRIMARY KEY (k, c))')
    const insert = 'INSERT INTO ks.t (k, c, v) VALUES (?, ?, ?)'
    await client.batch(
      [1, 2, 3].map(c => ({ query: insert, params: [1, c, `v${c}`] })),
      { prepare: true, logged: false },
    )
    await client.batch(
      [1, 2, 3].map(k => ({ query: insert, params: [k, 9, 'x'] })),
      { prepare: true, logged: false },
    )
    await text(
      client,
      "BEGIN UNLOGGED BATCH USING TIMESTAMP 5 INSERT INTO ks.t (k, c, v) VALUES (7, 1, 'a'); DELETE FROM ks.t WHERE k = 7 AND c = 1; APPLY BATCH",
    )
    expect(await text(client, 'SELECT c, v FROM ks.t WHERE k = 1')).toEqual([
      [1, 'v1'],
      [2, 'v2'],
      [3, 'v3'],
      [9, 'x'],
    ])
    expect(await text(client, 'SELECT v FROM ks.t WHERE k IN (2, 3)')).toEqual([['x'], ['x']])
    // On equal timestamps the tombstone wins.
    expect(await text(client, 'SELECT v FROM ks.t WHERE k = 7')).toEqual([])
    await client.batch([{ query: insert, params: [1, 5, 'logged'] }], { prepare: true, logged: true })
    await expect(
      client.batch(
        [1, 2].map(k => ({ query: insert, params: [k, 5, ''] })),
        { prepare: true, logged: true },
      ),
    ).rejects.toThrow('Logged batches over several partitions')
    await expect(
      client.batch(
        [1, 2].map(k => ({ query: insert, params: [k, 5, 'x'.repeat(30_000)] })),
        { prepare: true, logged: false },
      ),
    ).rejects.toThrow('Batch too large')
  })
})

test("what is not CQL or makes no sense is refused in Cassandra's words", async () => {
  await inKeyspace('refusals', async client => {
    await text(client, 'CREATE TABLE ks.t (a int, b int, c int, d int, v int, PRIMARY KEY ((a, b), c, d))')
    const cases: readonly (readonly [string, string])[] = [
      [
        'SELECT * FROM nowhere',
        'No keyspace has been specified. USE a keyspace, or explicitly specify keyspace.tablename',
      ],
      ['SELECT * FROM no.place', 'keyspace no does not exist'],
      ['SELECT * FROM ks.where_', 'table where_ does not exist'],
      ['SELECT x FROM ks.t', 'Undefined column name x in table ks.t'],
      ["INSERT INTO ks.t (a, b, c, d) VALUES (1, 2, 3, 'x')", 'Invalid STRING constant (x) for "d" of type int'],
      ['INSERT INTO ks.t (a, b, c) VALUES (1, 2, 3)', 'Some clustering keys are missing: d'],
      ['INSERT INTO ks.t (a, c, d) VALUES (1, 2, 3)', 'Some partition key parts are missing: b'],
      ['INSERT INTO ks.t (a, b, c, d) VALUES (1, 2, 3)', 'Unmatched column names/values'],
      ['INSERT INTO ks.t (a, b, c, d) VALUES (1, 2, 3, null)', 'Invalid null value in condition for column d'],
      ['INSERT INTO ks.t (a, b, c, d) VALUES (1, 2, 3, 2147483648)', "Unable to make int from '2147483648'"],
      [
        'SELECT * FROM ks.t WHERE a = 1',
        'Cannot execute this query as it might involve data filtering and thus may have unpredictable performance. If you want to execute this query despite the performance unpredictability, use ALLOW FILTERING',
      ],
      [
        'SELECT * FROM ks.t WHERE a = 1 AND b = 2 AND d = 3',
        'PRIMARY KEY column "d" cannot be restricted as preceding column "c" is not restricted',
      ],
      [
        'SELECT * FROM ks.t WHERE a = 1 AND b = 2 AND c > 3 AND d = 3',
        'Clustering column "d" cannot be restricted (preceding column "c" is restricted by a non-EQ relation)',
      ],
      [
        'SELECT * FROM ks.t WHERE a = 1 AND b > 2',
        'Only EQ and IN relation are supported on the partition key (unless you use the token() function)',
      ],
      [
        'SELECT * FROM ks.t WHERE a = 1 AND b = 2 AND c = 1 AND c = 2',
        'c cannot be restricted by more than one relation if it includes an Equal',
      ],
      ['SELECT * FROM ks.t WHERE a = 1 AND b = 2 LIMIT 0', 'LIMIT must be strictly positive'],
      [
        'SELECT * FROM ks.t WHERE a = 1 AND b = 2 ORDER BY d',
        'Order by currently only supports the ordering of columns following their declared order in the PRIMARY KEY',
      ],
      [
        'SELECT * FROM ks.t ORDER BY c',
        'ORDER BY is only supported when the partition key is restricted by an EQ or an IN.',
      ],
      ['UPDATE ks.t SET v = 1 WHERE a = 1 AND b = 2 AND c = 3', 'Some clustering keys are missing: d'],
      ['UPDATE ks.t SET c = 1 WHERE a = 1 AND b = 2', 'PRIMARY KEY part c found in SET part'],
      [
        'UPDATE ks.t SET v = 1 WHERE a = 1 AND b = 2 AND c = 3 AND d > 1',
        'Slice restrictions are not supported on the clustering columns in UPDATE statements',
      ],
      ['DELETE v FROM ks.t WHERE a = 1 AND b = 2 AND c > 3', 'Range deletions are not supported for specific columns'],
      ['DELETE FROM ks.t WHERE a = 1 AND b = 2 AND v = 3', 'Non PRIMARY KEY columns found in where clause: v '],
      [
        'INSERT INTO ks.t (a, b, c, d) VALUES (1, 2, 3, 4) IF NOT EXISTS',
        'Conditional statements (IF …) are not part of this server',
      ],
      [
        'INSERT INTO ks.t (a, b, c, d) VALUES (1, 2, 3, 4) USING TTL 5',
        'Expiring cells (USING TTL) are not part of this server',
      ],
      [
        "CREATE KEYSPACE ks WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
        'Cannot add existing keyspace "ks"',
      ],
      ['CREATE TABLE ks.t (a int PRIMARY KEY)', 'Cannot add already existing table "t" to keyspace "ks"'],
      ['CREATE TABLE ks.u (a int)', "No PRIMARY KEY specified for table 'u' (exactly one required)"],
      ['CREATE TABLE ks.u (a innt PRIMARY KEY)', 'Unknown type innt'],
      ['CREATE TABLE ks.u (a int PRIMARY KEY) WITH nonsense = 1', "Unknown property 'nonsense'"],
      ['DROP TABLE ks.u', "Table 'ks.u' doesn't exist"],
      ['USE nowhere', "Keyspace 'nowhere' does not exist"],
      ["INSERT INTO system.local (key) VALUES ('x')", 'system keyspace is not user-modifiable.'],
    ]
    for (const [query, expected] of cases) expect(await refusal(client, query), query).toBe(expected)
    // Values that were bound to the wrong number or of the wrong size.
    await expect(client.execute('SELECT * FROM ks.t WHERE a = ? AND b = ?', [1], { prepare: false })).rejects.toThrow(
      'Invalid amount of bind variables',
    )
    await expect(
      client.execute('SELECT * FROM ks.t WHERE a = ? AND b = ?', [Buffer.alloc(3), 1], {
        prepare: false,
        hints: ['blob', 'int'],
      }),
    ).rejects.toThrow('Expected 4 or 0 byte int (3)')
  })
})

test('values are bound by name where they are named', async () => {
  await inKeyspace('named', async client => {
    await text(client, 'CREATE TABLE ks.t (k int PRIMARY KEY, v text)')
    await client.execute('INSERT INTO ks.t (k, v) VALUES (:key, :value)', { value: 'x', key: 3 }, { prepare: true })
    expect(await text(client, 'SELECT v FROM ks.t WHERE k = 3')).toEqual([['x']])
    await client.execute(
      'INSERT INTO ks.t (k, v) VALUES (:key, :value)',
      { value: 'y', key: 4 },
      { prepare: false, hints: { key: 'int' } as never },
    )
    expect(await text(client, 'SELECT v FROM ks.t WHERE k = 4')).toEqual([['y']])
  })
})
