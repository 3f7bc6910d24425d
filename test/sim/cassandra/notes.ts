// A table of notes, and what clients make of it: the smallest statements that the tests of the cluster need.

import type { Client, types } from 'cassandra-driver'

export async function makeNotes(client: Client, options = 'gc_grace_seconds = 3600'): Promise<void> {
  await client.execute(
    "CREATE KEYSPACE IF NOT EXISTS ks WITH replication = {'class': 'NetworkTopologyStrategy', 'dc1': 3}",
    [],
    { prepare: false },
  )
  await client.execute(
    `CREATE TABLE IF NOT EXISTS ks.notes (id int, line int, text text, PRIMARY KEY ((id), line)) WITH ${options}`,
    [],
    { prepare: false },
  )
}

export async function put(
  client: Client,
  note: { readonly id: number; readonly line?: number; readonly text: string; readonly at?: number },
  consistency: types.consistencies,
): Promise<void> {
  const { id, line = 0, text, at = 1 } = note
  await client.execute(
    'INSERT INTO ks.notes (id, line, text) VALUES (?, ?, ?) USING TIMESTAMP ?',
    [id, line, text, BigInt(at)],
    {
      consistency,
    },
  )
}

/** The texts of a partition, in order of their lines. */
export async function get(client: Client, id: number, consistency: types.consistencies): Promise<readonly string[]> {
  const { rows } = await client.execute('SELECT text FROM ks.notes WHERE id = ?', [id], { consistency })
  return rows.map(row => String(row['text']))
}

/** `ok`, the kind of failure where it has a name here, or what was said. */
export async function outcomeOf(operation: Promise<unknown>): Promise<string> {
  try {
    await operation
    return 'ok'
  } catch (error) {
    const { code, message } = error as { readonly code?: number; readonly message: string }
    return OUTCOMES[code ?? -1] ?? message
  }
}

const OUTCOMES: Readonly<Record<number, string>> = {
  0x1000: 'unavailable',
  0x1100: 'write timeout',
  0x1200: 'read timeout',
  0x1300: 'read failure',
  0x1500: 'write failure',
}

/** Their numbers on the wire: the driver's module is not to be loaded outside a host. */
export const LEVEL: Readonly<
  Record<
    'one' | 'two' | 'three' | 'quorum' | 'all' | 'localQuorum' | 'eachQuorum' | 'serial' | 'localSerial' | 'localOne',
    number
  >
> = {
  one: 1,
  two: 2,
  three: 3,
  quorum: 4,
  all: 5,
  localQuorum: 6,
  eachQuorum: 7,
  serial: 8,
  localSerial: 9,
  localOne: 10,
}
