// All replicas of one broker: made and given their roles as the metadata log says, followed from where they are led.

import type { Clock } from '../../../system/runtime/clock.ts'
import type { Disk } from '../../../system/runtime/disk.ts'
import type { Log } from '../../../system/runtime/log.ts'
import type { Network } from '../../../system/runtime/network.ts'
import type { BrokerSettings } from '../broker/broker-settings.ts'
import type { AlterPartition, IsrVerdict } from '../controller/controller-requests.ts'
import { PartitionLog } from '../log/partition-log.ts'
import { RecentBytes } from '../log/recent-bytes.ts'
import type { ClusterImage } from '../metadata/cluster-image.ts'
import type { PartitionRecord } from '../metadata/metadata-record.ts'
import { topicConfigOf } from '../metadata/topic-config.ts'
import { RequestClient } from '../transport/request-client.ts'
import { ERROR } from '../wire/error-code.ts'
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts'
import { FollowerSession } from './follower-session.ts'
import { IsrProposals } from './isr-proposals.ts'
import { Partition } from './partition.ts'
import type { PartitionPorts } from './partition.ts'
import type { ReplicaFetchRequest, ReplicaFetchResponse } from './replica-fetch.ts'
import { ReplicaFetcher } from './replica-fetcher.ts'

export interface ReplicasPorts {
  readonly disk: Disk
  readonly clock: Clock
  readonly log: Log
  readonly network: Network
  readonly image: ClusterImage
  readonly proposeIsr: (request: AlterPartition) => Promise<readonly IsrVerdict[]>
  /** The broker leads the partition, in a new epoch, or leads it no more. */
  readonly onRole: (partition: Partition) => void
  readonly onDiskFailure: (error: unknown) => void
}

const LOGS = 'kafka/logs'

export class Replicas {
  readonly #ports: ReplicasPorts
  readonly #settings: BrokerSettings
  readonly #self: number
  readonly #recent: RecentBytes
  readonly #proposals: IsrProposals
  readonly #partitionPorts: PartitionPorts
  readonly #byTopic = new Map<string, (Partition | undefined)[]>()
  /** Logs that were on the disk at the start, until the metadata log says what they are. */
  readonly #recovered = new Map<string, PartitionLog>()
  readonly #checkpointed = new Map<string, number>()
  readonly #fetchers = new Map<number, ReplicaFetcher>()
  readonly #sessions = new Map<number, FollowerSession>()
  readonly #lastFetchMs = new Map<number, number>()
  #selfEpoch = -1
  #nextSessionId = 1
  #isCheckpointDue = false
  #isStopped = false

  constructor(ports: ReplicasPorts, options: { readonly self: number; readonly settings: BrokerSettings }) {
    this.#ports = ports
    this.#self = options.self
    this.#settings = options.settings
    this.#recent = new RecentBytes(options.settings.recentBytesMax)
    const selfEpoch = (): number => this.#selfEpoch
    const { clock, image, proposeIsr } = ports
    this.#proposals = new IsrProposals({ clock, self: this.#self, selfEpoch, send: proposeIsr })
    this.#partitionPorts = {
      self: this.#self,
      selfEpoch,
      nowMs: () => clock.monotonicMs(),
      lagMaxMs: options.settings.replicaLagTimeMaxMs,
      facts: {
        isActiveIncarnation: (id, epoch) => image.isActiveIncarnation(id, epoch),
        lastFetchMs: id => this.#lastFetchMs.get(id) ?? -Infinity,
      },
      propose: (partition, isr) => this.#proposals.add(partition, isr),
      onHighWatermark: () => this.#checkpointSoon(),
      onDiskFailure: ports.onDiskFailure,
    }
  }

  /** Recovers every log that is on the disk. */
  async recover(): Promise<void> {
    const { disk, log } = this.#ports
    const paths = new Map<string, string[]>()
    for (const path of await disk.list(LOGS)) {
      const directory = path.slice(0, path.lastIndexOf('/'))
      paths.set(directory, [...(paths.get(directory) ?? []), path])
    }
    for (const [directory, files] of paths) {
      const recovered = this.#openLog(directory)
      const lostBytes = await recovered.recover(files)
      if (lostBytes > 0) log.write('warn', 'torn end of a log removed', { directory, bytes: lostBytes })
      this.#recovered.set(directory, recovered)
    }
    for (const { topic, partition, offset } of await readCheckpoint(disk)) {
      this.#checkpointed.set(directoryOf(topic, partition), offset)
    }
  }

  /** The broker is registered: from now on it speaks as that incarnation. */
  begin(selfEpoch: number): void {
    this.#selfEpoch = selfEpoch
    this.#watchLag()
  }

  find(topic: string, partition: number): Partition | undefined {
    return this.#byTopic.get(topic)?.[partition]
  }

  *all(): Generator<Partition> {
    for (const partitions of this.#byTopic.values()) for (const each of partitions) if (each !== undefined) yield each
  }

  /** The metadata log has said something new about these partitions. */
  assume(records: readonly PartitionRecord[]): void {
    for (const record of records) {
      if (!record.replicas.includes(this.#self)) continue
      const partition = this.find(record.topic, record.partition) ?? this.#create(record)
      const wasLed = partition.record.leader
      if (!partition.assume(record)) continue
      if (wasLed !== record.leader) this.#fetchers.get(wasLed)?.remove(partition)
      if (record.leader >= 0 && record.leader !== this.#self) this.#fetcher(record.leader)?.add(partition)
      this.#ports.onRole(partition)
    }
  }

  /** A broker has registered anew: what it was asked before is void, and it may be found elsewhere. */
  brokerChanged(id: number): void {
    const fetcher = this.#fetchers.get(id)
    if (fetcher === undefined) return
    fetcher.stop()
    this.#fetchers.delete(id)
    for (const partition of this.all()) if (partition.record.leader === id) this.#fetcher(id)?.add(partition)
  }

  /** A follower's fetch; resolves when there is something to say, or when it has waited long enough. */
  async fetch(request: ReplicaFetchRequest): Promise<ReplicaFetchResponse> {
    const { replicaId, brokerEpoch } = request
    const known = this.#ports.image.brokers.get(replicaId)?.registration
    // A broker that has just started may be ahead of what this one has heard of it; a former process of it is not.
    if (known === undefined || brokerEpoch < known.epoch) {
      return { error: ERROR.STALE_BROKER_EPOCH, sessionId: 0, partitions: [] }
    }
    this.#lastFetchMs.set(replicaId, this.#ports.clock.monotonicMs())
    let session = this.#sessions.get(replicaId)
    if (request.sessionId === 0) {
      session?.end()
      session = new FollowerSession(this.#ports.clock, { sessionId: this.#nextSessionId++, replicaId, brokerEpoch })
      this.#sessions.set(replicaId, session)
    } else if (session?.sessionId !== request.sessionId) {
      return { error: ERROR.FETCH_SESSION_ID_NOT_FOUND, sessionId: 0, partitions: [] }
    }
    const unknown = session.take(request, (topic, partition) => this.find(topic, partition))
    if (unknown.length === 0) await session.something(Math.min(request.waitMaxMs, WAIT_MAX_MS))
    const answers = await session.answer(request.bytesMax)
    return { error: ERROR.NONE, sessionId: session.sessionId, partitions: [...unknown, ...answers] }
  }

  /** In the in-sync set of everything it holds, and with all replicas in sync where it leads. */
  isWhole(): boolean {
    for (const { record, leader } of this.all()) {
      if (!record.isr.includes(this.#self) || record.leader < 0) return false
      if (leader !== undefined && leader.isr.length < record.replicas.length) return false
    }
    return true
  }

  /** Lets go of everything; what is on the disk is synced first. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#proposals.stop()
    for (const fetcher of this.#fetchers.values()) fetcher.stop()
    for (const session of this.#sessions.values()) session.end()
    for (const { log } of this.all()) {
      await log.sync()
      await log.close()
    }
    await this.#writeCheckpoint()
  }

  #create(record: PartitionRecord): Partition {
    const { topic, partition: index } = record
    const directory = directoryOf(topic, index)
    const config = this.#ports.image.topics.get(topic)?.config ?? topicConfigOf(new Map())
    const log = this.#recovered.get(directory) ?? this.#openLog(directory)
    log.segmentBytesMax = config.segmentBytes
    this.#recovered.delete(directory)
    const highWatermark = this.#checkpointed.get(directory) ?? 0
    const partition = new Partition(this.#partitionPorts, { record, log, config, highWatermark })
    let partitions = this.#byTopic.get(topic)
    if (partitions === undefined) this.#byTopic.set(topic, (partitions = []))
    partitions[index] = partition
    return partition
  }

  #openLog(directory: string): PartitionLog {
    const { flushIntervalAppends } = this.#settings
    return new PartitionLog({ disk: this.#ports.disk, recent: this.#recent }, { directory, flushIntervalAppends })
  }

  /** The one fetcher for all that the broker leads; undefined while nothing is known of the broker. */
  #fetcher(leader: number): ReplicaFetcher | undefined {
    const known = this.#fetchers.get(leader)
    if (known !== undefined) return known
    const registration = this.#ports.image.brokers.get(leader)?.registration
    if (registration === undefined) return undefined
    const settings = this.#settings
    const client = new RequestClient(this.#ports, {
      host: registration.host,
      port: registration.port,
      clientId: `broker-${this.#self}-fetcher`,
      connectTimeoutMs: settings.peerConnectTimeoutMs,
      requestTimeoutMs: settings.peerRequestTimeoutMs,
    })
    const { clock, log } = this.#ports
    const find = (topic: string, partition: number): Partition | undefined => this.find(topic, partition)
    const fetcher = new ReplicaFetcher(
      { client, clock, log, find },
      {
        self: this.#self,
        selfEpoch: this.#selfEpoch,
        leader,
        waitMaxMs: settings.replicaFetchWaitMaxMs,
        bytesMax: settings.replicaFetchBytesMax,
        backoffMs: settings.replicaFetchBackoffMs,
      },
    )
    this.#fetchers.set(leader, fetcher)
    return fetcher
  }

  /** As often as Kafka does: a replica is out of the in-sync set one and a half times the limit after it fell behind, at most. */
  #watchLag(): void {
    this.#ports.clock.setTimer(this.#settings.replicaLagTimeMaxMs / 2, () => {
      if (this.#isStopped) return
      for (const partition of this.all()) partition.tryShrink()
      this.#watchLag()
    })
  }

  /** One timer, and only while there is something to write. */
  #checkpointSoon(): void {
    if (this.#isCheckpointDue || this.#isStopped) return
    this.#isCheckpointDue = true
    this.#ports.clock.setTimer(this.#settings.highWatermarkCheckpointMs, () => {
      this.#isCheckpointDue = false
      if (!this.#isStopped) void this.#writeCheckpoint()
    })
  }

  async #writeCheckpoint(): Promise<void> {
    const entries = [...this.all()].map(({ topic, partition, highWatermark }) => ({
      topic,
      partition,
      offset: highWatermark,
    }))
    await writeCheckpoint(
      this.#ports.disk,
      entries.filter(({ offset }) => offset > 0),
    )
  }
}

/** A follower that would wait for ever must not hold its connection for ever. */
const WAIT_MAX_MS = 60_000

function directoryOf(topic: string, partition: number): string {
  return `${LOGS}/${topic}-${partition}`
}
