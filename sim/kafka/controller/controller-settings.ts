// The settings of the controller, named after Kafka's.

export interface ControllerSettings {
  /** broker.session.timeout.ms: a broker that is not heard of for so long is fenced. */
  readonly brokerSessionTimeoutMs: number
  /** leader.imbalance.check.interval.seconds: how often leadership goes back to the first replicas. */
  readonly leaderImbalanceCheckMs: number
  /** num.partitions, for a topic that is created without a number. */
  readonly numPartitions: number
  /** default.replication.factor */
  readonly defaultReplicationFactor: number
}

export const CONTROLLER_DEFAULTS: ControllerSettings = {
  brokerSessionTimeoutMs: 9_000,
  leaderImbalanceCheckMs: 300_000,
  numPartitions: 1,
  defaultReplicationFactor: 1,
}
