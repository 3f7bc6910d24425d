// The tables. One value cell a row: two writers of one row with equal timestamps would leave half of each.

import type { Client } from 'cassandra-driver'
import type { Configuration } from '../configuration.ts'
import type { Runtime } from '../runtime/runtime.ts'

/**
 * Makes the keyspace and the tables that are not there, and waits until all hosts agree on the schema. May be run again at
 * any time; rejects when the cluster cannot be reached, refuses, or does not agree in time.
 */
export async function migrateSchema(runtime: Runtime, client: Client, configuration: Configuration): Promise<void> {
  for (const statement of schemaOf(configuration)) {
    await client.execute(statement, [], { prepare: false, isIdempotent: true, readTimeout: DDL_TIMEOUT_MS })
    await agreed(runtime, client)
  }
}

/** Every statement makes what is missing and leaves what is there. */
export function schemaOf(configuration: Configuration): readonly string[] {
  const { keyspace, replication } = configuration.cassandra
  const replicas = Object.entries(replication).map(([dataCentre, count]) => `'${dataCentre}': ${count}`)
  return [
    `CREATE KEYSPACE IF NOT EXISTS ${keyspace}
       WITH replication = {'class': 'NetworkTopologyStrategy', ${replicas.join(', ')}}`,
    `CREATE TABLE IF NOT EXISTS ${keyspace}.block (
       id blob, piece int, value blob,
       PRIMARY KEY ((id), piece))`,
    `CREATE TABLE IF NOT EXISTS ${keyspace}.catalog (
       project text, collection text, month int, log int, partition int,
       PRIMARY KEY ((project), collection, month, log, partition))`,
    `CREATE TABLE IF NOT EXISTS ${keyspace}.segment (
       project text, collection text, month int, log int, partition int,
       start_offset bigint, end_offset bigint, id blob, value blob,
       PRIMARY KEY ((project, collection, month, log, partition), start_offset, end_offset, id))
       WITH gc_grace_seconds = ${HINT_WINDOW_SECONDS}`,
    `CREATE TABLE IF NOT EXISTS ${keyspace}.progress (
       log int, partition int, data_centre text, value blob,
       PRIMARY KEY ((log, partition), data_centre))`,
  ]
}

/** Part of the driver's documented interface, missing from its types. */
interface SchemaMetadata {
  checkSchemaAgreement(): Promise<boolean>
}

async function agreed(runtime: Runtime, client: Client): Promise<void> {
  const metadata = client.metadata as unknown as SchemaMetadata
  const deadlineMs = runtime.clock.monotonicMs() + AGREEMENT_TIMEOUT_MS
  while (!(await metadata.checkSchemaAgreement())) {
    if (runtime.clock.monotonicMs() > deadlineMs) {
      throw new Error(`the hosts of Cassandra do not agree on the schema after ${AGREEMENT_TIMEOUT_MS} ms`)
    }
    await runtime.clock.sleep(AGREEMENT_POLL_MS)
  }
}

/** A tombstone of the index may go as soon as no hint can bring back what it covers: Cassandra's `max_hint_window`. */
const HINT_WINDOW_SECONDS = 3 * 3_600

const DDL_TIMEOUT_MS = 20_000
const AGREEMENT_TIMEOUT_MS = 60_000
const AGREEMENT_POLL_MS = 200
