// The description of a cluster: data that all its nodes share.

import type { RingNode } from './ring/ring.ts'

export interface CassandraNodeAddress extends RingNode {
  /** A name that the network resolves. */
  readonly host: string
}

export interface CassandraCluster {
  readonly name: string
  /** Clients connect to it; all nodes have the same, as drivers expect. */
  readonly nativePort: number
  /** Nodes connect to it. */
  readonly storagePort: number
  readonly nodes: readonly CassandraNodeAddress[]
}
