// A node of the model Cassandra: storage, gossip, coordinator and transport, put together.

import type { Runtime } from '../../system/runtime/runtime.ts'
import type { CassandraCluster } from './cluster.ts'
import { clusterReader } from './coordinator/cluster-reader.ts'
import { ClusterWriter } from './coordinator/cluster-writer.ts'
import { Executor } from './coordinator/executor.ts'
import { truncateEverywhere } from './coordinator/truncate.ts'
import { Beliefs } from './gossip/beliefs.ts'
import { Gossiper } from './gossip/gossiper.ts'
import { readStates, statesBody } from './gossip/node-state.ts'
import { Hints } from './hints/hints.ts'
import { hintLifeMs } from './hints/hint-life.ts'
import { nextIdentity } from './identity.ts'
import { encodeMessage } from './messaging/message-codec.ts'
import { Messaging } from './messaging/messaging.ts'
import { VERB } from './messaging/verb.ts'
import { NativeServer } from './native/native-server.ts'
import { PreparedCache } from './native/prepared-cache.ts'
import type { NodeSettings } from './node-settings.ts'
import { NODE_DEFAULTS } from './node-settings.ts'
import { peerService } from './peer-service.ts'
import { createReplica } from './replica.ts'
import { Ring } from './ring/ring.ts'
import { findTable } from './schema/find-table.ts'
import { SchemaAgreement } from './schema/schema-agreement.ts'
import { changesBetween, tablesOnlyIn } from './schema/schema-changes.ts'
import { SchemaKeeper } from './schema/schema-keeper.ts'
import type { Schema } from './schema/schema.ts'
import { openStorage } from './storage/storage-engine.ts'
import type { StorageEngine } from './storage/storage-engine.ts'

import { systemReader } from './system/system-reader.ts'
import { systemRows } from './system/system-rows.ts'
import { ByteReader } from './wire/byte-reader.ts'

export interface CassandraNode {
  /** Serves clients, believes all peers alive and of its own schema, and no hint waits for anybody. */
  isWhole(): boolean
  /** Takes nothing new, syncs what it has, and lets go of its ports. */
  stop(): Promise<void>
}

/**
 * Resolves when clients are served. Rejects when a port is taken, or when what is on the disk is damaged.
 * What is on the disk is replayed first; then the node asks the others, as far as they are there, for the schema.
 */
export async function startNode(
  runtime: Runtime,
  options: {
    readonly cluster: CassandraCluster
    readonly address: string
    readonly settings?: Partial<NodeSettings>
  },
): Promise<CassandraNode> {
  const { cluster } = options
  const settings: NodeSettings = { ...NODE_DEFAULTS, ...options.settings }
  const self = cluster.nodes.find(({ address }) => address === options.address)
  if (self === undefined) throw new RangeError(`${options.address} is no node of ${cluster.name}`)
  const peers = cluster.nodes.filter(node => node !== self).map(({ address }) => address)
  const { clock, disk, log } = runtime
  let isServing = false
  let failure: string | undefined

  const storage = await openStorage(runtime, { ...settings, onFailure: () => stopServing('the disk has failed') })
  const identity = await nextIdentity(runtime, `${settings.directory}/local`)
  const keeper = await SchemaKeeper.open(disk, {
    path: `${settings.directory}/schema`,
    onChange(before, after) {
      applySchema(storage, before, after)
      gossiper.bump()
      for (const change of changesBetween(before, after)) server.announce({ type: 'SCHEMA_CHANGE', change })
    },
  })
  for (const { storageName, definition } of keeper.schema.tables) {
    storage.setGcGrace(storageName, definition.options.gcGraceSeconds)
  }

  const gossiper = new Gossiper(clock, {
    addresses: cluster.nodes.map(({ address }) => address),
    self: self.address,
    intervalMs: settings.gossipIntervalMs,
    phiConvictThreshold: settings.phiConvictThreshold,
    ownState: () => ({ ...identity, schemaVersion: keeper.schema.version, isServing }),
    send(address, states) {
      messaging.sweep()
      const id = messaging.expect((_, { isDone, body }) => {
        messaging.forget(id)
        if (isDone) gossiper.hear(readStates(new ByteReader(body)))
      })
      const { sizeHint, write } = statesBody(states)
      messaging.send(address, encodeMessage({ verb: VERB.gossip, id }, write, sizeHint))
    },
    events: {
      onAlive(address) {
        log.write('info', 'peer is up', { peer: address })
        hints.deliverTo(address)
      },
      onDead(address) {
        log.write('info', 'peer is down', { peer: address })
        messaging.reset(address)
      },
      onRestart(address) {
        log.write('info', 'peer has restarted', { peer: address })
        messaging.reset(address)
        hints.deliverTo(address)
      },
      onServing(address, isUp) {
        const change = isUp ? 'UP' : 'DOWN'
        server.announce({ type: 'STATUS_CHANGE', change, address, port: cluster.nativePort })
      },
      onOtherSchema: address => void agreement.seek(address),
    },
  })
  const messaging = new Messaging(runtime, {
    self: self.address,
    nodes: cluster.nodes,
    storagePort: cluster.storagePort,
    connectTimeoutMs: settings.connectTimeoutMs,
    serve: message => service(message),
  })
  const agreement = new SchemaAgreement({ runtime, keeper, gossiper, messaging })
  const membership = new Beliefs(self, { clock, gossiper, messaging })
  const ring = new Ring(cluster.nodes)
  const replica = createReplica(storage, () => keeper.schema)
  const hints = await Hints.open(runtime, {
    settings,
    addresses: peers,
    isAlive: address => gossiper.isAlive(address),
    deadForMs: address => gossiper.deadForMs(address),
    livesForMs: mutation => hintLifeMs(mutation, keeper.schema),
    async deliver(address, body) {
      const timeoutMs = settings.writeTimeoutMs
      return (await messaging.ask(address, { verb: VERB.mutate, timeoutMs, body })) !== undefined
    },
  })
  const writer = new ClusterWriter({ clock, settings, ring, membership, messaging, replica, hints })
  const executor = new Executor({
    ...{ clock, settings, writer },
    readerOf(table, consistency) {
      const { replication } = table
      if (replication.kind !== 'local') {
        return clusterReader({ clock, settings, ring, membership, messaging, replica }, { replication, consistency })
      }
      const stateOf = (address: string): ReturnType<Gossiper['stateOf']> => gossiper.stateOf(address)
      return systemReader(table, systemRows(table, { cluster, self, schema: keeper.schema, stateOf }))
    },
  })
  const truncateHere = async (table: string): Promise<void> => {
    await storage.drop(table)
    const known = keeper.schema.tableStoredAs(table)
    if (known !== undefined) storage.setGcGrace(table, known.definition.options.gcGraceSeconds)
  }
  const service = peerService({ replica, gossiper, agreement, truncate: truncateHere })
  const server = new NativeServer(runtime, {
    address: self.address,
    port: cluster.nativePort,
    parts: {
      executor,
      prepared: new PreparedCache(() => keeper.schema),
      schema: () => keeper.schema,
      findTable: (name, keyspace) => findTable(keeper.schema, name, keyspace),
      changeSchema: (statement, keyspace) => agreement.change(statement, keyspace),
      truncate: table => truncateEverywhere({ membership, messaging, settings, truncateHere }, { table, peers }),
    },
  })

  /** Cassandra's `disk_failure_policy: stop`: a node that cannot write is no replica, and says so by its silence. */
  function stopServing(reason: string): void {
    failure = reason
    if (!isServing) return
    log.write('error', 'node stops serving', { reason })
    isServing = false
    gossiper.stop()
    void Promise.all([server.stop(), messaging.stop()])
  }

  await messaging.listen()
  await Promise.all(peers.map(address => agreement.exchangeWith(address, FIRST_EXCHANGE_TIMEOUT_MS)))
  if (failure !== undefined) throw new Error(failure)
  await server.listen()
  isServing = true
  gossiper.bump()
  gossiper.start()
  for (const address of peers) void agreement.exchangeWith(address, FIRST_EXCHANGE_TIMEOUT_MS)
  log.write('info', 'node serves clients', { generation: identity.generation })

  return {
    isWhole: () =>
      isServing &&
      hints.isEmpty &&
      !writer.hasWaitedFor(LATE_WRITE_MS) &&
      peers.every(address => {
        const state = gossiper.stateOf(address)
        return (
          gossiper.isAlive(address) && state?.isServing === true && state.schemaVersion.equals(keeper.schema.version)
        )
      }),
    async stop() {
      isServing = false
      gossiper.stop()
      hints.stop()
      await server.stop()
      await messaging.stop()
      await storage.stop()
    },
  }
}

/** Makes the storage engine follow the schema. */
function applySchema(storage: StorageEngine, before: Schema, after: Schema): void {
  for (const { storageName, definition } of tablesOnlyIn(after, before)) {
    storage.setGcGrace(storageName, definition.options.gcGraceSeconds)
  }
  // If the files cannot be removed the disk has failed, and the engine has said so.
  for (const { storageName } of tablesOnlyIn(before, after)) storage.drop(storageName).catch(() => undefined)
}

/** The others may not be there yet, or not any more. */
const FIRST_EXCHANGE_TIMEOUT_MS = 1_000

/** An answer of a replica that is later than this is on its way to become a hint. */
const LATE_WRITE_MS = 200
