// The settings of a broker, named after Kafka's, with Kafka's defaults.

export interface BrokerSettings {
  /** broker.heartbeat.interval.ms */
  readonly brokerHeartbeatMs: number
  /** How long the controller may hold a request for metadata; longer than Kafka's, whose brokers ask twice a second. */
  readonly metadataWaitMaxMs: number
  /** replica.lag.time.max.ms */
  readonly replicaLagTimeMaxMs: number
  /** replica.fetch.wait.max.ms */
  readonly replicaFetchWaitMaxMs: number
  /** replica.fetch.response.max.bytes */
  readonly replicaFetchBytesMax: number
  /** replica.fetch.backoff.ms */
  readonly replicaFetchBackoffMs: number
  /** replica.socket.timeout.ms, of which a fetch may take all. */
  readonly peerRequestTimeoutMs: number
  readonly peerConnectTimeoutMs: number
  /** replica.high.watermark.checkpoint.interval.ms */
  readonly highWatermarkCheckpointMs: number
  /** socket.request.max.bytes */
  readonly requestBytesMax: number
  /** connections.max.idle.ms */
  readonly connectionIdleMaxMs: number
  /** fetch.max.bytes */
  readonly fetchBytesMax: number
  /** How much of the logs stays in memory, as the page cache would keep it. */
  readonly recentBytesMax: number
  /** log.flush.interval.messages, counted in batches: sync after so many. Infinity, as in Kafka: leave it to the replicas. */
  readonly flushIntervalAppends: number
  /** auto.create.topics.enable */
  readonly autoCreateTopics: boolean
  /** offsets.topic.num.partitions */
  readonly offsetsTopicPartitions: number
  /** offsets.topic.replication.factor */
  readonly offsetsTopicReplicationFactor: number
  /** offsets.commit.timeout.ms */
  readonly offsetsCommitTimeoutMs: number
  /** offset.metadata.max.bytes */
  readonly offsetMetadataBytesMax: number
  /** group.initial.rebalance.delay.ms */
  readonly groupInitialRebalanceDelayMs: number
  /** group.min.session.timeout.ms */
  readonly groupMinSessionTimeoutMs: number
  /** group.max.session.timeout.ms */
  readonly groupMaxSessionTimeoutMs: number
}

export const BROKER_DEFAULTS: BrokerSettings = {
  brokerHeartbeatMs: 2_000,
  metadataWaitMaxMs: 5_000,
  replicaLagTimeMaxMs: 30_000,
  replicaFetchWaitMaxMs: 500,
  replicaFetchBytesMax: 10 * 1024 * 1024,
  replicaFetchBackoffMs: 1_000,
  peerRequestTimeoutMs: 30_000,
  peerConnectTimeoutMs: 10_000,
  highWatermarkCheckpointMs: 5_000,
  requestBytesMax: 100 * 1024 * 1024,
  connectionIdleMaxMs: 600_000,
  fetchBytesMax: 55 * 1024 * 1024,
  recentBytesMax: 64 * 1024 * 1024,
  flushIntervalAppends: Infinity,
  autoCreateTopics: true,
  offsetsTopicPartitions: 50,
  offsetsTopicReplicationFactor: 3,
  offsetsCommitTimeoutMs: 5_000,
  offsetMetadataBytesMax: 4_096,
  groupInitialRebalanceDelayMs: 3_000,
  groupMinSessionTimeoutMs: 6_000,
  groupMaxSessionTimeoutMs: 1_800_000,
}
