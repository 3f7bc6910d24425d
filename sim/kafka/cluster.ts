// The description of one cluster: who its processes are and where they are found. The same data at every process.

export interface BrokerAddress {
  readonly id: number
  /** A name or an address that the Network port resolves. */
  readonly host: string
  readonly port: number
  readonly rack?: string
}

export interface KafkaCluster {
  readonly clusterId: string
  /** A process of its own: KRaft's dedicated mode, with a quorum of one. */
  readonly controller: { readonly host: string; readonly port: number }
  readonly brokers: readonly BrokerAddress[]
}
