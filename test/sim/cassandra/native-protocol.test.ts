// The native protocol, byte by byte, where a well-behaved driver never goes.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FRAME_BYTES_MAX, OPCODE } from '../../../sim/cassandra/native/protocol.ts'
import { ByteReader } from '../../../sim/cassandra/wire/byte-reader.ts'
import { ByteWriter } from '../../../sim/cassandra/wire/byte-writer.ts'
import { CLUSTER, cassandraWorld } from './cassandra-world.ts'
import { until } from '../client-programs.ts'
import type { CassandraWorld, ClientProcess } from './cassandra-world.ts'
import { RawClient, errorOf, frame, query, startup } from './frames.ts'
import type { RawAnswer } from './frames.ts'
import { LEVEL, get, makeNotes, outcomeOf, put } from './notes.ts'

const NODE = CLUSTER.nodes[0]!.address

async function inWorld(
  seed: string,
  body: (process: ClientProcess, world: CassandraWorld) => Promise<void>,
): Promise<void> {
  const world = cassandraWorld(seed)
  world.client('client', async process => {
    await until(process, 'whole', () => world.isWhole())
    await body(process, world)
  })
  await world.run()
}

test('a client of a later version is told which one is spoken, and the connection ends', async () => {
  await inWorld('version', async process => {
    const client = await RawClient.connect(process.runtime, NODE)
    const answer = await client.ask(frame({ opcode: OPCODE.options, version: 5, stream: 3 }))
    expect(errorOf(answer)).toBe('0xa Invalid or unsupported protocol version (5); supported versions are (4/v4)')
    expect(answer).toMatchObject({ version: 0x84, stream: 3 })
    expect(await client.next()).toBeUndefined()
  })
})

test('the driver finds version 4 by itself', async () => {
  await inWorld('negotiation', async process => {
    const client = await process.connect({ options: { protocolOptions: { port: 9042 } } })
    const { rows } = await client.execute('SELECT native_protocol_version, release_version FROM system.local')
    expect(rows[0]!.values()).toEqual(['4', '5.0.9'])
    await client.shutdown()
  })
})

test('requests are answered after STARTUP only, each on its stream', async () => {
  await inWorld('startup', async process => {
    const client = await RawClient.connect(process.runtime, NODE)
    expect(errorOf(await client.ask(query('SELECT * FROM system.local')))).toBe(
      '0xa Unexpected message QUERY, expecting STARTUP or OPTIONS',
    )
    expect((await client.ask(frame({ opcode: OPCODE.options, stream: 9 })))!).toMatchObject({
      opcode: OPCODE.supported,
      stream: 9,
    })
    expect(errorOf(await client.ask(frame({ opcode: OPCODE.startup }, Buffer.from([0, 0]))))).toBe(
      '0xa Missing value CQL_VERSION in STARTUP message',
    )
    expect((await client.ask(startup()))!.opcode).toBe(OPCODE.ready)
    for (const stream of [1, 2, 32_767]) client.send(query('SELECT * FROM system.peers', { stream }))
    const answers: RawAnswer[] = []
    for (let left = 3; left > 0; left--) answers.push((await client.next())!)
    expect(answers.map(({ stream }) => stream).sort((a, b) => a - b)).toEqual([1, 2, 32_767])
    expect(answers.every(({ opcode }) => opcode === OPCODE.result)).toBe(true)
  })
})

test('what cannot be understood is a protocol error, and the connection lives on where frames are still told apart', async () => {
  await inWorld('malformed', async process => {
    const client = await RawClient.connect(process.runtime, NODE)
    await client.ask(startup())
    const cases: readonly (readonly [Uint8Array, string])[] = [
      [frame({ opcode: 0x77 }), '0xa Unknown opcode 119'],
      [frame({ opcode: OPCODE.query }, Buffer.from([0, 0, 0, 9, 1])), '0xa 9 bytes wanted, 1 left'],
      [frame({ opcode: OPCODE.query, flags: 1 }, Buffer.alloc(20)), '0xa Unexpected compressed frame'],
      [query('SELECT 1', { consistency: 99 }), '0xa Unknown code 99 for a consistency level'],
      [query('SELEC'), "0x2000 line 1:0 no viable alternative at input 'SELEC' ([SELEC])"],
      [
        frame({ opcode: OPCODE.register }, new ByteWriter().u16(1).string('WEATHER').finish()),
        "0xa Invalid value 'WEATHER' for Type",
      ],
      [
        frame({ opcode: OPCODE.execute }, new ByteWriter().u16(2).u16(7).u16(1).u8(0).finish()),
        '0x2500 Prepared query with ID 0007 not found (either the query was not prepared on this host (maybe the host has been restarted?) or you have prepared too many queries and it has been evicted from the internal cache)',
      ],
      [
        frame({ opcode: OPCODE.authResponse }, Buffer.alloc(4)),
        '0xa Unexpected message AUTH_RESPONSE: this server asks for no credentials',
      ],
    ]
    for (const [bytes, expected] of cases) expect(errorOf(await client.ask(bytes))).toBe(expected)
    // Larger than any frame may be: it is read over, and the next one is answered.
    const oversize = Buffer.alloc(9 + FRAME_BYTES_MAX + 1)
    frame({ opcode: OPCODE.query }).copy(oversize)
    oversize.writeInt32BE(FRAME_BYTES_MAX + 1, 5)
    expect(errorOf(await client.ask(oversize))).toMatch(/^0x2200 Request is too big: length 16777217 exceeds/)
    expect((await client.ask(query('SELECT * FROM system.peers')))!.opcode).toBe(OPCODE.result)
  })
})

test('with ANY a write is taken as a hint when no replica is alive', async () => {
  await inWorld('any', async (process, world) => {
    const admin = await process.connect({ through: [0] })
    await admin.execute(
      "CREATE KEYSPACE one WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
      [],
      { prepare: false },
    )
    await admin.execute('CREATE TABLE one.t (k int PRIMARY KEY)', [], { prepare: false })
    world.stores[1]!.crash()
    world.stores[2]!.crash()
    await process.runtime.clock.sleep(40_000)
    const client = await RawClient.connect(process.runtime, NODE)
    await client.ask(startup())
    const keys = Array.from({ length: 20 }, (_, k) => k)
    const answersAt = async (consistency: number): Promise<readonly string[]> => {
      const answers: string[] = []
      for (const k of keys)
        answers.push(errorOf(await client.ask(query(`INSERT INTO one.t (k) VALUES (${k})`, { consistency }))))
      return answers
    }
    const refused = (await answersAt(LEVEL.one)).filter(
      answer => answer === '0x1000 Cannot achieve consistency level ONE',
    )
    expect(refused.length).toBeGreaterThan(0)
    expect(await answersAt(0)).toEqual(keys.map(() => 'opcode 8'))
    expect(errorOf(await client.ask(query('SELECT * FROM one.t', { consistency: 0 })))).toBe(
      '0x2200 ANY ConsistencyLevel is only supported for writes',
    )
    world.stores[1]!.restart()
    world.stores[2]!.restart()
    await until(process, 'whole', () => world.isWhole())
    const { rows } = await admin.execute('SELECT count(*) FROM one.t', [], { prepare: false })
    expect(String(rows[0]!['count'])).toBe('20')
  })
})

test('clients that asked are told of the schema, and of nodes that come and go', async () => {
  await inWorld('events', async (process, world) => {
    const client = await RawClient.connect(process.runtime, NODE)
    await client.ask(startup())
    const wanted = ['STATUS_CHANGE', 'SCHEMA_CHANGE', 'TOPOLOGY_CHANGE']
    const register = wanted.reduce((writer, type) => writer.string(type), new ByteWriter().u16(wanted.length))
    await client.ask(frame({ opcode: OPCODE.register }, register.finish()))
    const next = async (strings: number): Promise<string> => {
      const answer = await client.next()
      expect(answer).toMatchObject({ opcode: OPCODE.event, stream: -1 })
      const reader = new ByteReader(answer!.body)
      const said = Array.from({ length: strings }, () => reader.string()).join(' ')
      return reader.remaining === 0 ? said : `${said} ${reader.raw(reader.u8()).join('.')}:${reader.i32()}`
    }
    const other = await process.connect({ through: [1] })
    await makeNotes(other)
    expect(await next(4)).toBe('SCHEMA_CHANGE CREATED KEYSPACE ks')
    expect(await next(5)).toBe('SCHEMA_CHANGE CREATED TABLE ks notes')
    await other.execute('DROP KEYSPACE ks', [], { prepare: false })
    expect(await next(5)).toBe('SCHEMA_CHANGE DROPPED TABLE ks notes')
    expect(await next(4)).toBe('SCHEMA_CHANGE DROPPED KEYSPACE ks')
    world.stores[2]!.crash()
    expect(await next(2)).toBe('STATUS_CHANGE DOWN 10.0.0.3:9042')
    world.stores[2]!.restart()
    expect(await next(2)).toBe('STATUS_CHANGE UP 10.0.0.3:9042')
  })
})

test('no bytes kill a node, whoever sends them to whichever of its ports', async () => {
  const valid = [startup(), query('SELECT * FROM system.local'), query('INSERT INTO ks.notes (id, line) VALUES (1, 2)')]
  const conversation = Buffer.concat(valid)
  const arbitrary = fc.record({
    port: fc.constantFrom(9042, 9042, 7000),
    bytes: fc.oneof(
      fc.uint8Array({ maxLength: 64 }).map(bytes => Buffer.from(bytes)),
      // A conversation in which some bytes are others.
      fc.array(fc.tuple(fc.nat(conversation.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }).map(flips => {
        const bytes = Buffer.from(conversation)
        for (const [at, value] of flips) bytes[at] = value
        return bytes
      }),
      fc
        .tuple(fc.nat(15), fc.uint8Array({ maxLength: 40 }))
        .map(([opcode, body]) => Buffer.concat([startup(), frame({ opcode }, body)])),
      fc.tuple(fc.nat(9), fc.uint8Array({ maxLength: 40 })).map(([verb, body]) => {
        const writer = new ByteWriter()
          .u32(0xca552dfa)
          .u32(body.length + 5)
          .u8(verb)
          .u32(1)
        return writer.raw(body).finish()
      }),
      fc.string({ maxLength: 80, unit: 'binary-ascii' }).map(text => Buffer.concat([startup(), query(text)])),
    ),
  })
  const samples = fc.sample(arbitrary, { numRuns: 400, seed: 20_260_101 })
  await inWorld('hostile', async (process, world) => {
    const client = await process.connect()
    await makeNotes(client)
    for (const { port, bytes } of samples) {
      const raw = await RawClient.connect(process.runtime, NODE, port)
      raw.send(bytes)
      await process.runtime.clock.sleep(5)
      raw.close()
    }
    expect(world.simulation.world.deaths).toEqual([])
    expect(await outcomeOf(put(client, { id: 7, text: 'alive' }, LEVEL.all))).toBe('ok')
    expect(await get(client, 7, LEVEL.all)).toEqual(['alive'])
    const unexpected = world.simulation.world.logs.lines.filter(
      ({ message }) => message === 'request failed unexpectedly',
    )
    expect(unexpected).toEqual([])
  })
})
