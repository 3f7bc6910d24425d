// The store, once its tables can be read.

import type { Configuration } from '../configuration.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { BlockStore } from '../store/block-store.ts'
import { cassandraStore } from '../store/cassandra-store.ts'
import { openSession } from '../store/session.ts'
import { untilReady } from './until-ready.ts'

export interface OpenStore {
  readonly store: BlockStore
  close(): Promise<void>
}

/** Rejects when it is not ready within `startMs`. */
export async function openStore(runtime: Runtime, configuration: Configuration): Promise<OpenStore> {
  const session = await openSession(runtime, configuration)
  const store = cassandraStore(session.client, configuration)
  const place = { log: configuration.kafka.log, partition: 0 }
  const withinMs = configuration.limits.startMs
  try {
    await untilReady(runtime, { what: 'the store', withinMs }, () => store.readProgress(place))
  } catch (error) {
    await session.close()
    throw error
  }
  return { store, close: () => session.close() }
}
